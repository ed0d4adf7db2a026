#include "lab/hosting.hpp"

#include <fmt/format.h>

#include <string_view>

namespace spotvane::lab {

namespace {

/// Why user data is not run; empty where it is, or where there is none.
std::string why_not_run(std::string_view data) {
  if (data.empty() || data.starts_with("#!")) {
    return {};
  }
  const auto* what =
      data.starts_with("#cloud-config") ? "a cloud-config"
      : data.starts_with("MIME-Version:") || data.starts_with("Content-Type: multipart")
          ? "a MIME archive"
      : data.starts_with("\x1f\x8b") ? "compressed"
                                     : "no script";
  return fmt::format(
      "spotvane lab: the user data is {}, and was not run; here it must begin with '#!'\n", what);
}

}  // namespace

void Hosting::running(const sim::Instance& instance) {
  const auto& data = instance.spec.user_data;
  const auto& region = instance.owner.region.text();
  auto why_not = why_not_run(data);
  // A failure is on the console; the instance is one whose user data failed, as there are.
  static_cast<void>(
      machines_.boot({.id = instance.id,
                      .script = why_not.empty() ? data : std::string{},
                      .note = std::move(why_not),
                      .environment = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                       fmt::format("{}/imds/{}", address_, instance.id)},
                                      {"AWS_ENDPOINT_URL", address_},
                                      {"AWS_REGION", region},
                                      {"AWS_DEFAULT_REGION", region},
                                      {"NO_PROXY", "127.0.0.1"}}}));
}

}  // namespace spotvane::lab
