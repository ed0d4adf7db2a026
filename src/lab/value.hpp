#pragma once

#include "base/time.hpp"
#include "wire/form.hpp"
#include "wire/xml.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace spotvane::lab {

/// What a call asks or an answer says, whichever protocol carries it: JSON, or forms and XML. So an
/// action of a service that speaks several is written once.
class Value {
 public:
  using Member = std::pair<std::string, Value>;
  using Members = std::vector<Member>;
  using List = std::vector<Value>;

  Value() = default;                 ///< none: in an object, a member that is left out
  Value(bool flag) : held_{flag} {}  // NOLINT(google-explicit-constructor)
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T number)
      : held_{static_cast<std::int64_t>(number)} {}           // NOLINT(google-explicit-constructor)
  Value(double number) : held_{number} {}                     // NOLINT(google-explicit-constructor)
  Value(std::string text) : held_{std::move(text)} {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view text) : held_{std::string{text}} {}  // NOLINT(google-explicit-constructor)
  Value(const char* text) : held_{std::string{text}} {}       // NOLINT(google-explicit-constructor)
  Value(TimePoint time) : held_{time} {}                      // NOLINT(google-explicit-constructor)
  Value(List list) : held_{std::move(list)} {}                // NOLINT(google-explicit-constructor)

  static Value object(Members members = {});

  /// A JSON text; none where it is not one.
  static std::optional<Value> parse(std::string_view json);
  /// "A.B=1&C.member.1=x&D.entry.1.key=k" as {"A": {"B": "1"}, "C": ["x"], "D": [{"key": "k"}]}.
  static Value of(const wire::Form& form);

  std::string to_json() const;
  /// How XML writes lists: <Names><member/></Names>, or <Name/> again and again.
  enum class Lists : std::uint8_t { Member, Flat };
  /// The members of an object as elements.
  void write(wire::XmlWriter& xml, Lists lists) const;

  bool is_none() const { return std::holds_alternative<std::monostate>(held_); }
  bool is_object() const { return std::holds_alternative<Members>(held_); }
  bool is_list() const { return std::holds_alternative<List>(held_); }
  bool is_text() const { return std::holds_alternative<std::string>(held_); }

  // What it is as that; nothing where it is not. Numbers and flags may be written as text.

  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;
  std::optional<TimePoint> time() const;  ///< a number of seconds, or ISO 8601
  bool flag() const;
  std::string text() const;
  const List& list() const;
  const Members& members() const;

  /// A member of an object; a value that is none where there is no such member.
  const Value& operator[](std::string_view name) const;
  bool has(std::string_view name) const { return !(*this)[name].is_none(); }

  void set(std::string_view name, Value value);
  void add(Value value);  ///< to a list

  friend bool operator==(const Value&, const Value&) = default;

 private:
  void write_as(wire::XmlWriter& xml, const std::string& name, Lists lists) const;

  std::variant<std::monostate, bool, std::int64_t, double, std::string, TimePoint, List, Members>
      held_;
};

}  // namespace spotvane::lab
