#include "adapters/aws/web_identity.hpp"

#include "adapters/aws/assumed_role.hpp"
#include "adapters/aws/text_file.hpp"
#include "base/assert.hpp"
#include "wire/form.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::adapters {

/// The token says who we are; nothing is signed.
class WebIdentityFetcher::NoKeys final : public CredentialsProvider {
 public:
  void provide(On<wire::SigningKeys> /*on_keys*/) override { SPOTVANE_ASSERT(false); }
  bool renew() override { return false; }
  std::optional<TimePoint> expires() const override { return std::nullopt; }
};

WebIdentityFetcher::WebIdentityFetcher(WebIdentity identity, const AwsConfiguration& configuration,
                                       const AwsPorts& ports, Random random)
    : identity_{std::move(identity)},
      endpoint_{configuration.endpoint(wire::kSts, configuration.region)},
      timers_{ports.timers},
      no_keys_{std::make_unique<NoKeys>()},
      sts_{configuration, {}, *no_keys_, ports, random} {}

WebIdentityFetcher::~WebIdentityFetcher() = default;

void WebIdentityFetcher::fetch(On<SessionKeys> on_keys) {
  constexpr const char* kAction = "AssumeRoleWithWebIdentity";
  const auto activity =
      fmt::format("assume '{}' with the web identity of {}", identity_.role_arn, identity_.origin);
  // Read anew each time: who hands out tokens replaces them before they expire.
  const auto token = read_text_file(identity_.token_file);
  if (!token) {
    auto error = Error{token.error()}.during(activity);
    error.kind = ErrorKind::Denied;
    error.hint = "check AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file of the profile";
    timers_.after(Duration{0}, [error = std::move(error), on_keys = std::move(on_keys)] {
      on_keys(tl::unexpected(error));
    });
    return;
  }
  auto form = wire::Form::call(kAction, wire::kSts.version);
  form.add("RoleArn", identity_.role_arn);
  form.add("RoleSessionName",
           identity_.session_name.empty() ? kSessionName : identity_.session_name);
  form.add("WebIdentityToken", *token);
  sts_.fetch(
      {.method = "POST",
       .url = endpoint_ + "/",
       .headers = {{"Content-Type", std::string{wire::kFormContentType}}},
       .body = form.encode()},
      activity, [this, activity, on_keys = std::move(on_keys)](Result<HttpResponse> response) {
        if (!response) {
          auto error = std::move(response.error());
          if (error.kind == ErrorKind::Denied || error.kind == ErrorKind::InvalidInput) {
            error.hint = fmt::format(
                "check that the token in '{}' is fresh, and that the role's trust policy "
                "names its issuer, audience and subject",
                identity_.token_file);
          }
          return on_keys(tl::unexpected(std::move(error)));
        }
        auto keys = read_sts_keys(response->body, kAction);
        on_keys(
            keys ? std::move(keys)
                 : Result<SessionKeys>{tl::unexpected(std::move(keys.error()).during(activity))});
      });
}

}  // namespace spotvane::adapters
