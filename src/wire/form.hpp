#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::wire {

/// The parameters of AWS's query protocols, in order; a name may occur more than once.
///
/// Lists are flat, as EC2 writes them: "InstanceType.1", "Filter.1.Name", "Filter.1.Value.2".
class Form {
 public:
  struct Parameter {
    std::string name;
    std::string value;

    friend bool operator==(const Parameter&, const Parameter&) = default;
  };

  /// One of EC2's filters: any of the values will do.
  struct Filter {
    std::string name;
    std::vector<std::string> values;

    friend bool operator==(const Filter&, const Filter&) = default;
  };

  /// Reads "a=1&b=x+y"; a space may be '+' or "%20". Never fails: "a" is "a=".
  static Form parse(std::string_view text);

  /// A call's first two parameters.
  static Form call(std::string_view action, std::string_view version);

  void add(std::string_view name, std::string_view value);
  /// "Name.1", "Name.2", ...
  void add_list(std::string_view name, std::span<const std::string> values);
  /// "Filter.N.Name", "Filter.N.Value.1", ... with the next free N.
  void add_filter(std::string_view name, std::span<const std::string> values);

  /// The first value of that name; null where there is none.
  const std::string* find(std::string_view name) const;
  /// The values of "Name.1", "Name.2", ... by number; gaps are closed.
  std::vector<std::string> list(std::string_view name) const;
  std::vector<Filter> filters() const;
  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// "a=1&b=x%20y".
  std::string encode() const;

 private:
  std::vector<Parameter> parameters_;
  std::size_t filters_added_ = 0;
};

}  // namespace spotvane::wire
