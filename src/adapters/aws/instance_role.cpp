#include "adapters/aws/instance_role.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

constexpr Duration kRefreshBefore = std::chrono::minutes{15};
constexpr Duration kRetryAfter = std::chrono::minutes{1};
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

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

struct RoleKeys {
  wire::SigningKeys keys;
  TimePoint expires;
};

Result<RoleKeys> read_keys(const std::string& body) {
  const auto document = json::parse(body, nullptr, false);
  if (!document.is_object()) {
    return tl::unexpected(no_credentials("the role's credentials are not JSON"));
  }
  if (const auto code = text_in(document, "Code"); code != "Success") {
    return tl::unexpected(no_credentials(
        fmt::format("the role is not usable, '{}': {}", code, text_in(document, "Message"))));
  }
  RoleKeys keys{{text_in(document, "AccessKeyId"), text_in(document, "SecretAccessKey"),
                 text_in(document, "Token")},
                {}};
  const auto expires = parse_time(text_in(document, "Expiration"));
  if (keys.keys.access_key_id.empty() || keys.keys.secret_access_key.empty() || !expires) {
    return tl::unexpected(no_credentials("the role's credentials are incomplete"));
  }
  keys.expires = *expires;
  return keys;
}

}  // namespace

InstanceRoleCredentials::InstanceRoleCredentials(InstanceRole role, HttpTransport& transport,
                                                 Timers& timers, const Clock& clock)
    : role_{std::move(role)}, transport_{transport}, timers_{timers}, clock_{clock} {}

void InstanceRoleCredentials::provide(On<wire::SigningKeys> on_keys) {
  if (held_ && clock_.now() < held_->next_fetch) {
    timers_.after(Duration{0},
                  [keys = held_->keys, on_keys = std::move(on_keys)] { on_keys(keys); });
    return;
  }
  waiting_.push_back(std::move(on_keys));
  if (waiting_.size() == 1) {
    fetch_token();
  }
}

bool InstanceRoleCredentials::renew() {
  if (held_) {
    held_->next_fetch = clock_.now();
  }
  return true;
}

void InstanceRoleCredentials::fetch_token() {
  transport_.send({.method = "PUT",
                   .url = role_.endpoint + "/latest/api/token",
                   .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}},
                  kLimits, [this](Result<HttpResponse> response) {
                    if (!response) {
                      return finish(tl::unexpected(no_credentials(response.error().message)));
                    }
                    if (response->status != 200) {
                      return finish(tl::unexpected(no_credentials(
                          fmt::format("it refused a token with status {}", response->status))));
                    }
                    fetch_role(response->body);
                  });
}

void InstanceRoleCredentials::fetch_role(const std::string& token) {
  get(token, kRolePath, [this, token](Result<std::string> body) {
    if (!body) {
      return finish(tl::unexpected(std::move(body).error()));
    }
    const auto role = body->substr(0, body->find_first_of("\r\n"));
    if (role.empty()) {
      return finish(tl::unexpected(no_credentials("the instance has no role")));
    }
    fetch_keys(token, role);
  });
}

void InstanceRoleCredentials::fetch_keys(const std::string& token, const std::string& role) {
  get(token, kRolePath + role, [this](Result<std::string> body) {
    if (!body) {
      return finish(tl::unexpected(std::move(body).error()));
    }
    auto read = read_keys(*body);
    if (!read) {
      return finish(tl::unexpected(std::move(read).error()));
    }
    finish(Held{std::move(read->keys), read->expires - kRefreshBefore});
  });
}

void InstanceRoleCredentials::get(const std::string& token, const std::string& path,
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

void InstanceRoleCredentials::finish(Result<Held> fetched) {
  if (fetched) {
    held_ = std::move(*fetched);
    // Keys that come with less than the usual time left must not be fetched for every request.
    held_->next_fetch = std::max(held_->next_fetch, clock_.now() + kRetryAfter);
  } else if (held_) {
    held_->next_fetch = clock_.now() + kRetryAfter;
  }
  const auto keys = held_ ? Result<wire::SigningKeys>{held_->keys}
                          : Result<wire::SigningKeys>{tl::unexpected(fetched.error())};
  for (const auto& on_keys : std::exchange(waiting_, {})) {
    on_keys(keys);
  }
}

}  // namespace spotvane::adapters
