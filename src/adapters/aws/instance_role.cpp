#include "adapters/aws/instance_role.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::adapters {

namespace {

constexpr HttpLimits kMetadataLimits{.connect_timeout = std::chrono::seconds{1},
                                     .idle_timeout = std::chrono::seconds{1},
                                     .whole_timeout = std::chrono::seconds{2},
                                     .body_bytes = 64U << 10U};
constexpr const char* kRolePath = "/latest/meta-data/iam/security-credentials/";

Error no_credentials(std::string_view tried, std::string_view why) {
  return {ErrorKind::Denied,
          tried.empty()
              ? fmt::format("no AWS credentials from the instance metadata service: {}", why)
              : fmt::format("no AWS credentials found: {}, and none from the instance metadata "
                            "service: {}",
                            tried, why),
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or run "
          "'aws configure'; on EC2, give the instance a role"};
}

tl::unexpected<Error> refused(std::string why) {
  return tl::unexpected(Error{ErrorKind::Denied, std::move(why)});
}

}  // namespace

InstanceRoleFetcher::InstanceRoleFetcher(InstanceRole role, HttpTransport& transport)
    : role_{std::move(role)}, transport_{transport} {}

void InstanceRoleFetcher::fetch(On<SessionKeys> on_keys) {
  const auto answer = [this, on_keys = std::move(on_keys)](Result<SessionKeys> keys) {
    on_keys(std::move(keys).map_error(
        [&](const Error& error) { return no_credentials(role_.tried, error.message); }));
  };
  transport_.send({.method = "PUT",
                   .url = role_.endpoint + "/latest/api/token",
                   .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}},
                  kMetadataLimits, [this, answer](Result<HttpResponse> response) {
                    if (!response) {
                      return answer(tl::unexpected(std::move(response.error())));
                    }
                    if (response->status != 200) {
                      return answer(refused(
                          fmt::format("it refused a token with status {}", response->status)));
                    }
                    fetch_role(response->body, answer);
                  });
}

void InstanceRoleFetcher::fetch_role(const std::string& token, On<SessionKeys> on_keys) {
  get(token, kRolePath, [this, token, on_keys = std::move(on_keys)](Result<std::string> body) {
    if (!body) {
      return on_keys(tl::unexpected(std::move(body).error()));
    }
    const auto role = body->substr(0, body->find_first_of("\r\n"));
    if (role.empty()) {
      return on_keys(refused("the instance has no role"));
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
    on_keys(read_instance_keys(*body));
  });
}

void InstanceRoleFetcher::get(const std::string& token, const std::string& path,
                              On<std::string> on_body) {
  transport_.send(
      {.url = role_.endpoint + path, .headers = {{"X-aws-ec2-metadata-token", token}}},
      kMetadataLimits, [on_body = std::move(on_body)](Result<HttpResponse> response) {
        if (!response) {
          return on_body(tl::unexpected(std::move(response.error())));
        }
        if (response->status != 200) {
          return on_body(refused(response->status == 404 ? std::string{"the instance has no role"}
                                                         : fmt::format("it answered with status {}",
                                                                       response->status)));
        }
        on_body(std::move(response->body));
      });
}

}  // namespace spotvane::adapters
