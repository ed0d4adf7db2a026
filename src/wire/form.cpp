#include "wire/form.hpp"

#include "wire/percent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>

namespace spotvane::wire {

namespace {

/// Takes "NAME.7" off the front of `text`, leaving what follows the number, and returns 7.
std::optional<unsigned> take_element(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name) || text.size() <= name.size() || text[name.size()] != '.') {
    return std::nullopt;
  }
  const char* const begin = text.data() + name.size() + 1;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::vector<std::string> values_by_number(const std::map<unsigned, std::string>& numbered) {
  std::vector<std::string> values;
  values.reserve(numbered.size());
  for (const auto& [number, value] : numbered) {
    values.push_back(value);
  }
  return values;
}

}  // namespace

Form Form::parse(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) {
      continue;
    }
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    form.add(percent_decode(pair.substr(0, equals), Plus::Space),
             percent_decode(value, Plus::Space));
  }
  return form;
}

Form Form::call(std::string_view action, std::string_view version) {
  Form form;
  form.add("Action", action);
  form.add("Version", version);
  return form;
}

void Form::add(std::string_view name, std::string_view value) {
  parameters_.push_back({std::string{name}, std::string{value}});
}

void Form::add_list(std::string_view name, std::span<const std::string> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    add(fmt::format("{}.{}", name, i + 1), values[i]);
  }
}

void Form::add_filter(std::string_view name, std::span<const std::string> values) {
  const auto prefix = fmt::format("Filter.{}", ++filters_added_);
  add(prefix + ".Name", name);
  add_list(prefix + ".Value", values);
}

const std::string* Form::find(std::string_view name) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [&](const Parameter& one) { return one.name == name; });
  return found == parameters_.end() ? nullptr : &found->value;
}

std::vector<std::string> Form::list(std::string_view name) const {
  std::map<unsigned, std::string> numbered;
  for (const auto& parameter : parameters_) {
    std::string_view rest = parameter.name;
    const auto number = take_element(rest, name);
    if (number && rest.empty()) {
      numbered[*number] = parameter.value;
    }
  }
  return values_by_number(numbered);
}

std::vector<Form::Filter> Form::filters() const {
  struct Numbered {
    std::string name;
    std::map<unsigned, std::string> values;
  };
  std::map<unsigned, Numbered> numbered;
  for (const auto& parameter : parameters_) {
    std::string_view rest = parameter.name;
    const auto number = take_element(rest, "Filter");
    if (!number) {
      continue;
    }
    if (rest == ".Name") {
      numbered[*number].name = parameter.value;
    } else if (const auto place = take_element(rest, ".Value"); place && rest.empty()) {
      numbered[*number].values[*place] = parameter.value;
    }
  }

  std::vector<Filter> filters;
  filters.reserve(numbered.size());
  for (const auto& [number, filter] : numbered) {
    filters.push_back({filter.name, values_by_number(filter.values)});
  }
  return filters;
}

std::string Form::encode() const {
  std::string text;
  text.reserve(std::accumulate(parameters_.begin(), parameters_.end(), std::size_t{0},
                               [](std::size_t sum, const Parameter& one) {
                                 return sum + one.name.size() + one.value.size() + 2;
                               }));
  for (const auto& [name, value] : parameters_) {
    if (!text.empty()) {
      text += '&';
    }
    text += percent_encode(name);
    text += '=';
    text += percent_encode(value);
  }
  return text;
}

}  // namespace spotvane::wire
