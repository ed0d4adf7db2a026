#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::wire {

/// A page of SSM's GetParametersByPath.
struct ParameterPage {
  std::vector<std::pair<std::string, std::string>> values;  ///< by whole name
  std::string next_token = {};                              ///< empty on the last
};

/// The body of a GetParametersByPath call; an empty token asks for the first page.
std::string write_parameters_request(std::string_view path, std::string_view token);

/// Fails with `Corrupt` where it is no such answer. Parameters without a value are left out.
Result<ParameterPage> read_parameter_page(std::string_view body);

}  // namespace spotvane::wire
