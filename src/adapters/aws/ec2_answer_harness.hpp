#pragma once
#include "model/place.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace spotvane::adapters {

inline const model::Region virginia{"us-east-1"};

/// What EC2 says to an action, around the members that matter to a test.
inline std::string answer(std::string_view action, std::string_view members) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0}Response "
      "xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>{1}"
      "</{0}Response>",
      action, members);
}

}  // namespace spotvane::adapters
