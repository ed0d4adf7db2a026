#include "wire/url.hpp"

#include <algorithm>

namespace spotvane::wire {

UrlParts split_url(std::string_view url) {
  UrlParts parts{.scheme = {}, .authority = {}, .path = "/", .query = {}};
  url = url.substr(0, url.find('#'));
  if (!url.starts_with('/')) {
    if (const auto colon = url.find("://"); colon != std::string_view::npos) {
      parts.scheme = url.substr(0, colon);
      url.remove_prefix(colon + 3);
      parts.authority = url.substr(0, url.find_first_of("/?"));
      url.remove_prefix(parts.authority.size());
    }
  }
  const auto path = url.substr(0, url.find('?'));
  if (!path.empty()) {
    parts.path = path;
  }
  parts.query = url.substr(std::min(path.size() + 1, url.size()));
  return parts;
}

std::string host_header(const UrlParts& url) {
  auto host = url.authority;
  if (const auto at = host.rfind('@'); at != std::string_view::npos) {
    host.remove_prefix(at + 1);
  }
  const std::string_view own_port = url.scheme == "https" ? ":443" : ":80";
  if (host.ends_with(own_port)) {
    host.remove_suffix(own_port.size());
  }
  return std::string{host};
}

}  // namespace spotvane::wire
