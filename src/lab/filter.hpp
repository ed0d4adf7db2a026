#pragma once

#include "lab/call.hpp"
#include "wire/form.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

/// Whether all of `text` fits `pattern`: '*' is any text, '?' any one letter, and a backslash takes
/// the next letter for itself.
bool fits(std::string_view pattern, std::string_view text);

/// EC2's filters on some set: any value of each filter must fit.
class Filters {
 public:
  /// A thing's values under a filter's name.
  using ValuesOf = std::function<std::vector<std::string>(std::string_view filter)>;

  /// Reads a call's filters; `is_known` says which names the action has. Refuses others.
  static Answered<Filters> read(const Call& call,
                                const std::function<bool(std::string_view)>& is_known);

  bool let_through(const ValuesOf& values_of) const;

  /// The only values of that filter that can get through, where it is there and has no wildcards:
  /// so that who knows where to find them need not look through everything.
  std::optional<std::vector<std::string>> exact_values(std::string_view filter) const;

 private:
  std::vector<wire::Form::Filter> filters_;
};

}  // namespace spotvane::lab
