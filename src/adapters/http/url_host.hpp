#pragma once

#include <string>
#include <string_view>

namespace spotvane::adapters {

/// The host and, where one is given, the port of a URL: "localhost:4599". Never a user's name,
/// password, path or query, so that it may be shown.
std::string host_and_port(std::string_view url);

/// Whether requests to that host never go through a proxy: this machine, and the metadata services
/// an instance finds at link-local addresses.
bool is_always_direct(std::string_view host_and_port);

}  // namespace spotvane::adapters
