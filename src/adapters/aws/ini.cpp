#include "adapters/aws/ini.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kSpaces = " \t\r";

bool is_space(char letter) {
  return kSpaces.find(letter) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(kSpaces), text.size());
  text.remove_prefix(begin);
  const auto last = text.find_last_not_of(kSpaces);
  return last == std::string_view::npos ? text : text.substr(0, last + 1);
}

std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && is_space(text[i - 1])) {
      return trimmed(text.substr(0, i));
    }
  }
  return text;
}

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return lowered;
}

std::string section_name(std::string_view header) {
  std::string name;
  bool is_quoted = false;
  for (const char letter : trimmed(header)) {
    if (letter == '"' || letter == '\'') {
      is_quoted = !is_quoted;
    } else if (is_quoted || !is_space(letter)) {
      name += letter;
    } else if (!name.empty() && name.back() != ' ') {
      name += ' ';
    }
  }
  return name;
}

struct Assignment {
  std::string key;
  std::string value;
};

std::optional<Assignment> read_assignment(std::string_view line) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos || trimmed(line.substr(0, equals)).empty()) {
    return std::nullopt;
  }
  // The '=' stays in front for the comment's sake: "key = # note" has no value.
  const auto value = without_comment(line.substr(equals));
  return Assignment{lower(trimmed(line.substr(0, equals))), std::string{trimmed(value.substr(1))}};
}

/// Reads one line after another; what a line means depends on those above it.
class Reader {
 public:
  /// False where the line makes no sense.
  bool read(std::string_view line) {
    const auto bare = trimmed(line);
    if (bare.empty() || bare.front() == '#' || bare.front() == ';') {
      return true;
    }
    if (is_space(line.front()) && !key_.empty()) {
      return read_indented(bare);
    }
    return bare.front() == '[' ? read_header(bare) : read_key(bare);
  }

  IniSections take() && { return std::move(sections_); }

 private:
  bool read_header(std::string_view line) {
    const auto end = line.find(']');
    if (end == std::string_view::npos) {
      return false;
    }
    section_ = &sections_[section_name(line.substr(1, end - 1))];
    key_.clear();
    return true;
  }

  bool read_key(std::string_view line) {
    auto assignment = read_assignment(line);
    if (section_ == nullptr || !assignment) {
      return false;
    }
    key_ = assignment->key;
    section_->values[key_] = std::move(assignment->value);
    return true;
  }

  bool read_indented(std::string_view line) {
    auto& value = section_->values[key_];
    if (!value.empty()) {
      value += '\n';
      value += line;
      return true;
    }
    auto assignment = read_assignment(line);
    if (assignment) {
      section_->nested[key_][assignment->key] = std::move(assignment->value);
    }
    return assignment.has_value();
  }

  IniSections sections_;
  IniSection* section_ = nullptr;
  std::string key_;  // the latest one of the section
};

}  // namespace

Result<IniSections> parse_ini(std::string_view text, std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  Reader reader;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!reader.read(text.substr(0, end))) {
      return fail(ErrorKind::InvalidInput,
                  "read '{}': line {} is neither '[section]' nor 'key = value' within one", name,
                  number);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reader).take();
}

}  // namespace spotvane::adapters
