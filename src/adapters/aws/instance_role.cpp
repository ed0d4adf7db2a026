#include "adapters/aws/instance_role.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::adapters {

namespace {

constexpr HttpLimits kLimits{.connect_timeout = std::chrono::seconds{1},
                             .idle_timeout = std::chrono::seconds{1},
                             .whole_timeout = std::chrono::seconds{2},
                             .body_bytes = 64U << 10U};
constexpr const char* kRolePath = "/latest/meta-data/iam/security-credentials/";

Error no_credentials(std::string_view why) {
  return {ErrorKind::Denied,
          fmt::format("no AWS credentials found in environment or profile, and none from the "
                      "instance metadata service: {}",
                      why),
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or run "
          "'aws configure'; on EC2, give the instance a role"};
}

}  // namespace

InstanceRoleFetcher::InstanceRoleFetcher(InstanceRole role, HttpTransport& transport)
    : role_{std::move(role)}, transport_{transport} {}

void InstanceRoleFetcher::fetch(On<SessionKeys> on_keys) {
  transport_.send({.method = "PUT",
                   .url = role_.endpoint + "/latest/api/token",
                   .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}},
                  kLimits, [this, on_keys = std::move(on_keys)](Result<HttpResponse> response) {
                    if (!response) {
                      return on_keys(tl::unexpected(no_credentials(response.error().message)));
                    }
                    if (response->status != 200) {
                      return on_keys(tl::unexpected(no_credentials(
                          fmt::format("it refused a token with status {}", response->status))));
                    }
                    fetch_role(response->body, on_keys);
                  });
}

void InstanceRoleFetcher::fetch_role(const std::string& token, On<SessionKeys> on_keys) {
  get(token, kRolePath, [this, token, on_keys = std::move(on_keys)](Result<std::string> body) {
    if (!body) {
      return on_keys(tl::unexpected(std::move(body).error()));
    }
    const auto role = body->substr(0, body->find_first_of("\r\n"));
    if (role.empty()) {
      return on_keys(tl::unexpected(no_credentials("the instance has no role")));
    }
    fetch_keys(token, role, on_keys);
  });
}

void InstanceRoleFetcher::fetch_keys(const std::string& token, const std::string& role,
                                     On<SessionKeys> on_keys) {
  get(token, kRolePath + role, [on_keys = std::move(on_keys)](Result<std::string> body) {
    if (!body) {
      return on_keys(tl::unexpected(std::move(body).error()));
    }
    auto read = read_instance_keys(*body);
    on_keys(read ? std::move(read)
                 : Result<SessionKeys>{tl::unexpected(no_credentials(read.error().message))});
  });
}

void InstanceRoleFetcher::get(const std::string& token, const std::string& path,
                              On<std::string> on_body) {
  transport_.send({.url = role_.endpoint + path, .headers = {{"X-aws-ec2-metadata-token", token}}},
                  kLimits, [on_body = std::move(on_body)](Result<HttpResponse> response) {
                    if (!response) {
                      return on_body(tl::unexpected(no_credentials(response.error().message)));
                    }
                    if (response->status != 200) {
                      return on_body(tl::unexpected(no_credentials(
                          response->status == 404
                              ? std::string{"the instance has no role"}
                              : fmt::format("it answered with status {}", response->status))));
                    }
                    on_body(std::move(response->body));
                  });
}

}  // namespace spotvane::adapters
