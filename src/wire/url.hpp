#pragma once

#include <string>
#include <string_view>

namespace spotvane::wire {

/// The pieces of an address; `scheme` and `authority` are empty where it begins with the path.
struct UrlParts {
  std::string_view scheme;     ///< "https"
  std::string_view authority;  ///< "localhost:4566"
  std::string_view path;       ///< "/a/b", as written; "/" where the address has none
  std::string_view query;      ///< without the '?'
};

/// Cuts `url`, which must outlive the parts. A fragment is dropped. Never fails.
UrlParts split_url(std::string_view url);

/// The authority as the Host header carries it: without the scheme's own port.
std::string host_header(const UrlParts& url);

}  // namespace spotvane::wire
