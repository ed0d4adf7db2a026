#include "sim/cluster_query.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <regex>
#include <vector>

namespace spotvane::sim {

enum class QueryKind : std::uint8_t { Everything, And, Or, Not, Predicate };

struct ClusterQuery::Node {
  QueryKind kind = QueryKind::Everything;
  std::vector<std::shared_ptr<const Node>> parts = {};
  std::string subject = {};
  std::string verb = {};
  std::vector<std::string> objects = {};
};

namespace {

using QueryNode = std::shared_ptr<const ClusterQuery::Node>;

/// "(", ")", "[", "]", ",", operators, quoted and bare words.
std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view kSigns = "()[],";
  constexpr std::string_view kOperators = "=!<>~&|";
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    const char letter = text[i];
    if (std::isspace(static_cast<unsigned char>(letter)) != 0) {
      ++i;
    } else if (letter == '\'' || letter == '"') {
      const auto end = std::min(text.find(letter, i + 1), text.size());
      words.emplace_back(text.substr(i + 1, end - i - 1));
      i = end + 1;
    } else if (kSigns.find(letter) != std::string_view::npos) {
      words.emplace_back(1, letter);
      ++i;
    } else {
      const bool is_operator = kOperators.find(letter) != std::string_view::npos;
      const auto begin = i;
      while (i < text.size() && std::isspace(static_cast<unsigned char>(text[i])) == 0 &&
             kSigns.find(text[i]) == std::string_view::npos &&
             (kOperators.find(text[i]) != std::string_view::npos) == is_operator) {
        ++i;
      }
      words.emplace_back(text.substr(begin, i - begin));
    }
  }
  return words;
}

/// One name for each verb's spellings.
std::string verb_of(const std::string& word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSpellings{{
      {"equals", "=="},
      {"not_equals", "!="},
      {"matches", "=~"},
      {"not_matches", "!~"},
      {"greater_than", ">"},
      {"greater_than_equal", ">="},
      {"less_than", "<"},
      {"less_than_equal", "<="},
  }};
  const auto* found = std::find_if(kSpellings.begin(), kSpellings.end(),
                                   [&word](const auto& one) { return one.first == word; });
  return found == kSpellings.end() ? word : std::string{found->second};
}

class QueryReader {
 public:
  explicit QueryReader(std::string_view text) : words_{words_of(text)} {}

  std::optional<QueryNode> read() {
    auto root = either();
    return root && at_ == words_.size() ? std::optional{root} : std::nullopt;
  }

 private:
  const std::string& word() const {
    static const std::string none;
    return at_ < words_.size() ? words_[at_] : none;
  }
  bool take(std::string_view wanted) {
    if (at_ >= words_.size() || words_[at_] != wanted) {
      return false;
    }
    ++at_;
    return true;
  }

  QueryNode join(QueryKind kind, QueryNode left, QueryNode right) {
    return left && right ? std::make_shared<const ClusterQuery::Node>(
                               ClusterQuery::Node{.kind = kind, .parts = {left, right}})
                         : nullptr;
  }

  QueryNode either() {
    auto left = both();
    while (left && (take("or") || take("||"))) {
      left = join(QueryKind::Or, left, both());
    }
    return left;
  }

  QueryNode both() {
    auto left = single();
    while (left && (take("and") || take("&&"))) {
      left = join(QueryKind::And, left, single());
    }
    return left;
  }

  QueryNode single() {
    if (++depth_ > kDeepest) {
      return nullptr;
    }
    if (take("not") || take("!")) {
      auto inner = single();
      return inner ? std::make_shared<const ClusterQuery::Node>(
                         ClusterQuery::Node{.kind = QueryKind::Not, .parts = {inner}})
                   : nullptr;
    }
    if (take("(")) {
      auto inner = either();
      return take(")") ? inner : nullptr;
    }
    return predicate();
  }

  QueryNode predicate() {
    ClusterQuery::Node node{.kind = QueryKind::Predicate, .subject = word()};
    ++at_;
    const bool is_negated = take("!");
    node.verb = verb_of(word());
    ++at_;
    if (node.verb == "!in" || node.verb == "not_in" || (is_negated && node.verb == "in")) {
      node.verb = "!in";
    } else if (is_negated || node.verb == "not_exists") {
      node.verb = "!exists";
    }
    if (node.verb == "exists" || node.verb == "!exists") {
      return made(std::move(node));
    }
    if (node.verb == "in" || node.verb == "!in") {
      if (!take("[")) {
        return nullptr;
      }
      while (at_ < words_.size() && word() != "]") {
        node.objects.push_back(word());
        ++at_;
        take(",");
      }
      return take("]") ? made(std::move(node)) : nullptr;
    }
    node.objects.push_back(word());
    ++at_;
    constexpr std::array<std::string_view, 8> kVerbs{"==", "!=", "=~", "!~", ">", ">=", "<", "<="};
    const bool is_known = std::find(kVerbs.begin(), kVerbs.end(), node.verb) != kVerbs.end();
    return is_known && at_ <= words_.size() ? made(std::move(node)) : nullptr;
  }

  static QueryNode made(ClusterQuery::Node node) {
    return node.subject.empty() ? nullptr
                                : std::make_shared<const ClusterQuery::Node>(std::move(node));
  }

  static constexpr int kDeepest = 100;

  std::vector<std::string> words_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::optional<double> as_number(std::string_view text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number}
                                                                  : std::nullopt;
}

bool matches(const std::string& value, const std::string& pattern) {
  constexpr std::size_t kLongest = 256;  // std::regex recurses for each letter
  if (pattern.size() > kLongest || value.size() > kLongest) {
    return false;
  }
  try {
    return std::regex_match(value, std::regex{pattern});
  } catch (const std::regex_error&) {
    return false;
  }
}

bool compares(const std::string& value, const std::string& verb, const std::string& object) {
  const auto left = as_number(value);
  const auto right = as_number(object);
  if (!left || !right) {
    return false;
  }
  return verb == ">"    ? *left > *right
         : verb == ">=" ? *left >= *right
         : verb == "<"  ? *left < *right
                        : *left <= *right;
}

bool holds_of(const ClusterQuery::Node& node, const ClusterQuery::LookUp& look_up) {
  switch (node.kind) {
    case QueryKind::Everything:
      return true;
    case QueryKind::And:
      return holds_of(*node.parts[0], look_up) && holds_of(*node.parts[1], look_up);
    case QueryKind::Or:
      return holds_of(*node.parts[0], look_up) || holds_of(*node.parts[1], look_up);
    case QueryKind::Not:
      return !holds_of(*node.parts[0], look_up);
    case QueryKind::Predicate:
      break;
  }
  const auto value = look_up(node.subject);
  const auto& verb = node.verb;
  if (verb == "exists" || verb == "!exists") {
    return value.has_value() == (verb == "exists");
  }
  const bool is_among =
      value && std::find(node.objects.begin(), node.objects.end(), *value) != node.objects.end();
  if (verb == "==" || verb == "in") {
    return is_among;
  }
  if (verb == "!=" || verb == "!in") {
    return !is_among;
  }
  if (!value) {
    return verb == "!~";
  }
  if (verb == "=~" || verb == "!~") {
    return matches(*value, node.objects.front()) == (verb == "=~");
  }
  return compares(*value, verb, node.objects.front());
}

}  // namespace

std::optional<ClusterQuery> ClusterQuery::parse(std::string_view text) {
  ClusterQuery query;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    query.root_ = std::make_shared<const Node>();
    return query;
  }
  const auto root = QueryReader{text}.read();
  if (!root) {
    return std::nullopt;
  }
  query.root_ = *root;
  return query;
}

bool ClusterQuery::holds(const LookUp& look_up) const {
  return holds_of(*root_, look_up);
}

}  // namespace spotvane::sim
