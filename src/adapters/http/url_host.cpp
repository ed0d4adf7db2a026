#include "adapters/http/url_host.hpp"

#include <algorithm>
#include <iterator>

namespace spotvane::adapters {

std::string host_and_port(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) {
    url.remove_prefix(user + 1);
  }
  return std::string{url};
}

bool is_always_direct(std::string_view host_and_port) {
  // The two metadata services (instances, containers) and their IPv6 twins.
  constexpr std::string_view kDirect[] = {"localhost",     "[::1]",          "169.254.169.254",
                                          "169.254.170.2", "169.254.170.23", "[fd00:ec2::254]",
                                          "[fd00:ec2::23]"};
  const auto end_of_address = host_and_port.starts_with('[') ? host_and_port.find(']') : 0;
  const auto host = host_and_port.substr(0, host_and_port.find(':', end_of_address));
  return host.starts_with("127.") ||
         std::find(std::begin(kDirect), std::end(kDirect), host) != std::end(kDirect);
}

}  // namespace spotvane::adapters
