#include "adapters/aws/assumed_role.hpp"

#include "wire/form.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::adapters {

AssumedRoleFetcher::AssumedRoleFetcher(AssumedRole role,
                                       std::unique_ptr<CredentialsProvider> source,
                                       const AwsConfiguration& configuration, const AwsPorts& ports,
                                       Random random)
    : role_{std::move(role)},
      region_{configuration.region},
      source_{std::move(source)},
      sts_{configuration, {}, *source_, ports, random} {}

void AssumedRoleFetcher::fetch(On<SessionKeys> on_keys) {
  constexpr const char* kAction = "AssumeRole";
  auto form = wire::Form::call(kAction, wire::kSts.version);
  form.add("RoleArn", role_.role_arn);
  form.add("RoleSessionName", role_.session_name.empty() ? kSessionName : role_.session_name);
  if (role_.duration_seconds) {
    form.add("DurationSeconds", fmt::to_string(*role_.duration_seconds));
  }
  if (!role_.external_id.empty()) {
    form.add("ExternalId", role_.external_id);
  }
  sts_.call({wire::kSts, region_, kAction, form.encode()}, [this, on_keys = std::move(on_keys)](
                                                               Result<std::string> body) {
    auto keys = body ? read_sts_keys(*body, kAction)
                     : Result<SessionKeys>{tl::unexpected(std::move(body.error()))};
    if (!keys) {
      auto error =
          std::move(keys.error())
              .during(fmt::format("assume '{}' for profile '{}'", role_.role_arn, role_.profile));
      if (error.message.find("(AccessDenied)") != std::string::npos) {
        error.hint =
            "the source's IAM policy must allow sts:AssumeRole on the role, and the "
            "role's trust policy must name the source (and its external_id, if any)";
      }
      return on_keys(tl::unexpected(std::move(error)));
    }
    on_keys(std::move(keys));
  });
}

}  // namespace spotvane::adapters
