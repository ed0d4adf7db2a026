#pragma once

#include <string_view>

namespace spotvane::sim {

/// What EC2 tells people by a spot request's status code; empty where it depends on the request.
std::string_view message_of(std::string_view code);

}  // namespace spotvane::sim
