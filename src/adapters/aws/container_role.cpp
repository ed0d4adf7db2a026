#include "adapters/aws/container_role.hpp"

#include "adapters/aws/text_file.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr int kAttempts = 3;
constexpr Duration kBetweenRoleAttempts = std::chrono::seconds{1};
constexpr HttpLimits kContainerLimits{.connect_timeout = std::chrono::seconds{2},
                                      .idle_timeout = std::chrono::seconds{2},
                                      .whole_timeout = std::chrono::seconds{5},
                                      .body_bytes = 64U << 10U};
constexpr std::array<std::string_view, 5> kAllowedHosts{"169.254.170.2", "169.254.170.23",
                                                        "fd00:ec2::23", "localhost", "::1"};

/// Empty where a user's name stands before it, behind which another host may hide.
std::string_view host_of(std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    return {};
  }
  if (authority.starts_with('[')) {
    return authority.substr(1, authority.find(']') - 1);
  }
  return authority.substr(0, authority.find(':'));
}

/// 127.0.0.0/8, in digits: a name that begins so may lead anywhere.
bool is_loopback(std::string_view host) {
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos &&
         std::count(host.begin(), host.end(), '.') == 3;
}

}  // namespace

Result<void> check_container_url(std::string_view url) {
  const auto parts = wire::split_url(url);
  const auto host = host_of(parts.authority);
  const bool is_allowed =
      parts.scheme == "https" ||
      (parts.scheme == "http" &&
       (is_loopback(host) ||
        std::find(kAllowedHosts.begin(), kAllowedHosts.end(), host) != kAllowedHosts.end()));
  if (host.empty() || !is_allowed) {
    return tl::unexpected(
        Error{ErrorKind::Denied,
              fmt::format("AWS credentials of the container: '{}' must not be asked for them", url),
              "AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https address, or one of this "
              "machine, 169.254.170.2, 169.254.170.23 or fd00:ec2::23"});
  }
  return {};
}

ContainerRoleFetcher::ContainerRoleFetcher(ContainerRole role, HttpTransport& transport,
                                           Timers& timers)
    : role_{std::move(role)}, transport_{transport}, timers_{timers} {}

void ContainerRoleFetcher::fetch(On<SessionKeys> on_keys) {
  const auto refuse = [&](Error error) {
    timers_.after(Duration{0}, [error = std::move(error), on_keys = std::move(on_keys)] {
      on_keys(tl::unexpected(error));
    });
  };
  auto token = role_.token;
  if (!role_.token_file.empty()) {
    // Read anew each time: it is replaced before it expires.
    auto read = read_text_file(role_.token_file);
    if (!read) {
      return refuse(std::move(read.error()).during("read AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
    }
    token = *std::move(read);
  }
  if (token.find_first_of("\r\n") != std::string::npos) {
    return refuse({ErrorKind::Denied, "the container's authorization token has a line break within",
                   "write AWS_CONTAINER_AUTHORIZATION_TOKEN, or the file of "
                   "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, without one"});
  }
  HttpRequest request{.url = role_.url, .headers = {{"Accept", "application/json"}}};
  if (!token.empty()) {
    request.headers.push_back({"Authorization", std::move(token)});
  }
  send(request, 1, std::move(on_keys));
}

void ContainerRoleFetcher::send(const HttpRequest& request, int attempt, On<SessionKeys> on_keys) {
  transport_.send(
      request, kContainerLimits,
      [this, request, attempt, on_keys = std::move(on_keys)](Result<HttpResponse> response) {
        auto read = !response ? Result<SessionKeys>{tl::unexpected(std::move(response.error()))}
                    : response->status != 200
                        ? fail(ErrorKind::Denied, "status {}", response->status)
                        : read_container_keys(response->body);
        if (read) {
          return on_keys(std::move(read));
        }
        if (attempt < kAttempts) {
          timers_.after(kBetweenRoleAttempts,
                        [this, request, attempt, on_keys] { send(request, attempt + 1, on_keys); });
          return;
        }
        auto error =
            std::move(read.error())
                .during(fmt::format("ask '{}' for the container's AWS credentials", role_.url));
        error.hint =
            "check that the task or pod has a role, and AWS_CONTAINER_AUTHORIZATION_TOKEN "
            "where its endpoint wants one";
        on_keys(tl::unexpected(std::move(error)));
      });
}

}  // namespace spotvane::adapters
