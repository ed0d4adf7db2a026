#include "lab/filter.hpp"

#include <algorithm>

namespace spotvane::lab {

bool fits(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;    // in the pattern
  std::size_t seen = 0;  // of the text
  auto star = std::string_view::npos;
  std::size_t seen_at_star = 0;
  while (seen < text.size() || at < pattern.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      seen_at_star = seen;
      continue;
    }
    if (at < pattern.size() && seen < text.size()) {
      const bool is_escaped = pattern[at] == '\\' && at + 1 < pattern.size();
      const char letter = is_escaped ? pattern[at + 1] : pattern[at];
      if (letter == text[seen] || (letter == '?' && !is_escaped)) {
        at += is_escaped ? 2 : 1;
        ++seen;
        continue;
      }
    }
    if (star == std::string_view::npos || seen_at_star >= text.size()) {
      return false;
    }
    at = star + 1;  // let the last star take one letter more
    seen = ++seen_at_star;
  }
  return true;
}

namespace {

constexpr std::size_t kMostValues = 200;

}  // namespace

Answered<Filters> Filters::read(const Call& call,
                                const std::function<bool(std::string_view)>& is_known) {
  Filters filters;
  filters.filters_ = call.form.filters();
  std::size_t values = 0;
  for (const auto& filter : filters.filters_) {
    values += filter.values.size();
    if (values > kMostValues) {
      return refuse(400, "FilterLimitExceeded",
                    "The maximum number of filter values specified on a single call is {}",
                    kMostValues);
    }
    if (!is_known(filter.name)) {
      return refuse(400, "InvalidParameterValue", "The filter '{}' is invalid", filter.name);
    }
    if (filter.values.empty()) {
      return refuse(400, "InvalidParameterValue", "The filter '{}' has no values", filter.name);
    }
  }
  return filters;
}

std::optional<std::vector<std::string>> Filters::exact_values(std::string_view filter) const {
  const auto found = std::find_if(filters_.begin(), filters_.end(),
                                  [filter](const auto& one) { return one.name == filter; });
  if (found == filters_.end() ||
      std::any_of(found->values.begin(), found->values.end(), [](const std::string& value) {
        return value.find_first_of("*?\\") != std::string::npos;
      })) {
    return std::nullopt;
  }
  return found->values;
}

bool Filters::let_through(const ValuesOf& values_of) const {
  return std::all_of(filters_.begin(), filters_.end(), [&values_of](const auto& filter) {
    const auto values = values_of(filter.name);
    return std::any_of(values.begin(), values.end(), [&filter](const std::string& value) {
      return std::any_of(filter.values.begin(), filter.values.end(),
                         [&value](const auto& pattern) { return fits(pattern, value); });
    });
  });
}

}  // namespace spotvane::lab
