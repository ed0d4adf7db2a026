#include "lab/value.hpp"

#include "base/number.hpp"
#include "wire/timestamp.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace spotvane::lab {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// What is nested deeper than anything of AWS is left out: reading recurses.
constexpr int kDeepestValue = 64;

Value value_of(const json& from, int depth = 0) {
  if (depth > kDeepestValue) {
    return {};
  }
  switch (from.type()) {
    case json::value_t::object: {
      auto object = Value::object();
      for (const auto& [name, member] : from.items()) {
        object.set(name, value_of(member, depth + 1));
      }
      return object;
    }
    case json::value_t::array: {
      Value::List list;
      for (const auto& element : from) {
        list.push_back(value_of(element, depth + 1));
      }
      return list;
    }
    case json::value_t::string:
      return from.get<std::string>();
    case json::value_t::boolean:
      return from.get<bool>();
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return from.get<std::int64_t>();
    case json::value_t::number_float:
      return from.get<double>();
    case json::value_t::null:
    case json::value_t::binary:
    case json::value_t::discarded:
      return {};
  }
  return {};
}

/// A form's parameters by the parts of their names.
struct Branch {
  std::string text = {};
  std::map<std::string, Branch> below = {};
};

std::optional<std::int64_t> number_of(const std::string& name) {
  const auto number = parse_integer(name);
  return number ? std::optional{*number} : std::nullopt;
}

Value value_of(const Branch& branch) {
  if (branch.below.empty()) {
    return branch.text;
  }
  if (branch.below.size() == 1) {
    const auto& [name, only] = *branch.below.begin();
    if ((name == "member" || name == "entry") && !only.below.empty()) {
      return value_of(only);
    }
  }
  if (!number_of(branch.below.begin()->first)) {
    auto object = Value::object();
    for (const auto& [name, part] : branch.below) {
      object.set(name, value_of(part));
    }
    return object;
  }
  std::map<std::int64_t, Value> by_number;
  for (const auto& [name, part] : branch.below) {
    by_number[number_of(name).value_or(0)] = value_of(part);
  }
  Value::List list;
  for (auto& [number, element] : by_number) {
    list.push_back(std::move(element));
  }
  return list;
}

/// How AWS writes a double in XML: always with a point.
std::string decimal(double number) {
  auto text = fmt::format("{}", number);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

}  // namespace

Value Value::object(Members members) {
  Value made;
  made.held_ = std::move(members);
  return made;
}

std::optional<Value> Value::parse(std::string_view text) {
  const auto document = json::parse(text, nullptr, false);
  return document.is_discarded() ? std::nullopt : std::optional{value_of(document)};
}

Value Value::of(const wire::Form& form) {
  Branch root;
  for (const auto& parameter : form.parameters()) {
    auto* branch = &root;
    std::string_view rest = parameter.name;
    for (int depth = 1; !rest.empty(); ++depth) {
      const auto dot = depth < kDeepestValue ? std::min(rest.find('.'), rest.size()) : rest.size();
      branch = &branch->below[std::string{rest.substr(0, dot)}];
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    branch->text = parameter.value;
  }
  auto value = value_of(root);
  return value.is_object() ? value : object();
}

std::string Value::to_json() const {
  const auto convert = [](const Value& from, const auto& self) -> ordered_json {
    if (from.is_object()) {
      auto object = ordered_json::object();
      for (const auto& [name, member] : from.members()) {
        if (!member.is_none()) {
          object[name] = self(member, self);
        }
      }
      return object;
    }
    if (from.is_list()) {
      auto list = ordered_json::array();
      for (const auto& element : from.list()) {
        list.push_back(self(element, self));
      }
      return list;
    }
    if (const auto* flag = std::get_if<bool>(&from.held_)) {
      return *flag;
    }
    if (const auto* whole = std::get_if<std::int64_t>(&from.held_)) {
      return *whole;
    }
    if (const auto* number = std::get_if<double>(&from.held_)) {
      return *number;
    }
    if (const auto* time = std::get_if<TimePoint>(&from.held_)) {
      return static_cast<double>(time->time_since_epoch().count()) / 1000.0;
    }
    return from.is_none() ? ordered_json{} : ordered_json(from.text());
  };
  return convert(*this, convert).dump(-1, ' ', false, json::error_handler_t::replace);
}

void Value::write_as(wire::XmlWriter& xml, const std::string& name, Lists lists) const {
  if (is_none()) {
    return;
  }
  if (is_object()) {
    xml.open(name);
    write(xml, lists);
    xml.close();
  } else if (is_list() && (lists == Lists::Flat || name == "entry")) {
    for (const auto& element : list()) {
      element.write_as(xml, name, lists);
    }
  } else if (is_list()) {
    xml.open(name);
    for (const auto& element : list()) {
      element.write_as(xml, "member", lists);
    }
    xml.close();
  } else {
    xml.leaf(name, text());
  }
}

void Value::write(wire::XmlWriter& xml, Lists lists) const {
  for (const auto& [name, member] : members()) {
    member.write_as(xml, name, lists);
  }
}

std::optional<std::int64_t> Value::integer() const {
  if (const auto* whole = std::get_if<std::int64_t>(&held_)) {
    return *whole;
  }
  if (const auto* number = std::get_if<double>(&held_);
      number != nullptr && std::abs(*number) < 9e15 && std::floor(*number) == *number) {
    return static_cast<std::int64_t>(*number);
  }
  return is_text() ? number_of(text()) : std::nullopt;
}

std::optional<double> Value::number() const {
  if (const auto* number = std::get_if<double>(&held_)) {
    return *number;
  }
  if (const auto* whole = std::get_if<std::int64_t>(&held_)) {
    return static_cast<double>(*whole);
  }
  const auto read = is_text() ? parse_real(text()) : Result<double>{0.0};
  return is_text() && read ? std::optional{*read} : std::nullopt;
}

std::optional<TimePoint> Value::time() const {
  constexpr double kFarthest = 2e11;  // seconds: beyond the year 8000
  if (const auto* time = std::get_if<TimePoint>(&held_)) {
    return *time;
  }
  if (is_text()) {
    const auto read = parse_time(text());
    return read ? std::optional{*read} : std::nullopt;
  }
  const auto seconds = number();
  return seconds && std::abs(*seconds) < kFarthest
             ? std::optional{TimePoint{Duration{std::llround(*seconds * 1000.0)}}}
             : std::nullopt;
}

bool Value::flag() const {
  const auto* flag = std::get_if<bool>(&held_);
  return flag != nullptr ? *flag : is_text() && text() == "true";
}

std::string Value::text() const {
  if (const auto* text = std::get_if<std::string>(&held_)) {
    return *text;
  }
  if (const auto* flag = std::get_if<bool>(&held_)) {
    return *flag ? "true" : "false";
  }
  if (const auto* whole = std::get_if<std::int64_t>(&held_)) {
    return fmt::to_string(*whole);
  }
  if (const auto* number = std::get_if<double>(&held_)) {
    return decimal(*number);
  }
  const auto* time = std::get_if<TimePoint>(&held_);
  return time != nullptr ? wire::to_timestamp(*time) : std::string{};
}

const Value::List& Value::list() const {
  static const List none;
  const auto* list = std::get_if<List>(&held_);
  return list != nullptr ? *list : none;
}

const Value::Members& Value::members() const {
  static const Members none;
  const auto* members = std::get_if<Members>(&held_);
  return members != nullptr ? *members : none;
}

const Value& Value::operator[](std::string_view name) const {
  static const Value none;
  const auto& all = members();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Member& one) { return one.first == name; });
  return found == all.end() ? none : found->second;
}

void Value::set(std::string_view name, Value value) {
  auto* all = std::get_if<Members>(&held_);
  if (all == nullptr) {
    held_ = Members{};
    all = std::get_if<Members>(&held_);
  }
  const auto found = std::find_if(all->begin(), all->end(),
                                  [name](const Member& one) { return one.first == name; });
  if (found != all->end()) {
    found->second = std::move(value);
  } else {
    all->emplace_back(name, std::move(value));
  }
}

void Value::add(Value value) {
  auto* all = std::get_if<List>(&held_);
  if (all == nullptr) {
    held_ = List{};
    all = std::get_if<List>(&held_);
  }
  all->push_back(std::move(value));
}

}  // namespace spotvane::lab
