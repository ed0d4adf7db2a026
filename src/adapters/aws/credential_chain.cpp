#include "adapters/aws/credential_chain.hpp"

#include "adapters/aws/command_words.hpp"
#include "adapters/aws/container_role.hpp"
#include "base/number.hpp"
#include "base/spelling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kMetadataAddress = "http://169.254.169.254";
constexpr std::string_view kMetadataAddressOfIpv6 = "http://[fd00:ec2::254]";
constexpr const char* kHowToGiveKeys =
    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in AWS_PROFILE, or run 'aws "
    "configure'; on EC2, ECS and EKS, give the machine a role";

/// A place that was looked at: its source, or none where it does not apply.
using Place = std::optional<CredentialsSource>;

CredentialsSource none(std::string message, std::string hint) {
  return {NoCredentials{{ErrorKind::Denied, std::move(message), std::move(hint)}}};
}

/// What the AWS CLI can fetch and we cannot it may fetch for us.
std::string ask_the_cli(std::string_view profile) {
  return fmt::format(
      "let the AWS CLI (version 2) fetch them: sign in with it, then use a profile that holds "
      "'credential_process = aws configure export-credentials --profile {}'",
      profile);
}

/// Looks at one place after another.
class Chain {
 public:
  Chain(const EnvironmentLookup& environment, const Profiles& profiles)
      : environment_{environment}, profiles_{profiles} {}

  CredentialsSource of_session(const std::string& profile, bool is_chosen) {
    for (auto place : {is_chosen ? Place{} : environment_keys(), role(profile, {profile}),
                       of_profile(profile, !is_chosen), container()}) {
      if (place) {
        return *std::move(place);
      }
    }
    auto tried = tried_before_instance(profile, is_chosen);
    if (auto last = instance(profile, tried)) {
      return *std::move(last);
    }
    return none(fmt::format("no AWS credentials found: {}, and AWS_EC2_METADATA_DISABLED forbids "
                            "to ask for the instance's",
                            tried),
                kHowToGiveKeys);
  }

 private:
  /// Empty counts as absent.
  std::optional<std::string> variable(std::string_view name) const {
    auto value = environment_(name);
    return value && !value->empty() ? std::move(value) : std::nullopt;
  }

  std::optional<std::string> either(std::optional<std::string> first,
                                    std::optional<std::string> second) const {
    return first ? std::move(first) : std::move(second);
  }

  Place environment_keys() const {
    auto id = variable("AWS_ACCESS_KEY_ID");
    auto place =
        keys_of(std::move(id), variable("AWS_SECRET_ACCESS_KEY"),
                either(variable("AWS_SECURITY_TOKEN"), variable("AWS_SESSION_TOKEN")),
                {.keys = {}, .origin = "environment", .written_in = WrittenIn::Environment});
    const auto expires = variable("AWS_CREDENTIAL_EXPIRATION");
    auto* fixed = place ? std::get_if<FixedKeys>(&place->keys) : nullptr;
    if (fixed == nullptr || !expires) {
      return place;
    }
    const auto time = parse_time(*expires);
    if (!time) {
      return none(fmt::format("AWS_CREDENTIAL_EXPIRATION is no time: '{}'", *expires),
                  "give it as '2026-08-01T12:00:00Z', or unset it");
    }
    fixed->expires = *time;
    return place;
  }

  /// None without an access key id; one without its secret is a mistake.
  static Place keys_of(std::optional<std::string> id, std::optional<std::string> secret,
                       std::optional<std::string> token, FixedKeys found) {
    if (!id) {
      return std::nullopt;
    }
    if (!secret) {
      return none(fmt::format("half of the AWS credentials of {} is missing", found.origin),
                  "the secret access key is not set");
    }
    found.keys = {*std::move(id), *std::move(secret), std::move(token).value_or("")};
    return CredentialsSource{std::move(found)};
  }

  /// All that a profile can say of credentials but roles to assume with others' keys.
  Place of_profile(const std::string& profile, bool with_environment) const {
    for (auto place : {web_identity(profile, with_environment), single_sign_on(profile),
                       keys_in_credentials_file(profile), login(profile), process(profile),
                       keys_in_config_file(profile)}) {
      if (place) {
        return place;
      }
    }
    return std::nullopt;
  }

  Place keys_in_credentials_file(const std::string& profile) const {
    const auto value = [&](std::string_view key) {
      return profiles_.credentials_value(profile, key);
    };
    return keys_of(value("aws_access_key_id"), value("aws_secret_access_key"),
                   either(value("aws_security_token"), value("aws_session_token")),
                   {.keys = {},
                    .origin = fmt::format("profile '{}' (credentials file)", profile),
                    .written_in = WrittenIn::CredentialsFile});
  }

  Place keys_in_config_file(const std::string& profile) const {
    const auto value = [&](std::string_view key) { return profiles_.config_value(profile, key); };
    return keys_of(value("aws_access_key_id"), value("aws_secret_access_key"),
                   either(value("aws_security_token"), value("aws_session_token")),
                   {.keys = {},
                    .origin = fmt::format("profile '{}' (config file)", profile),
                    .written_in = WrittenIn::ConfigFile});
  }

  Place web_identity(const std::string& profile, bool with_environment) const {
    const auto setting = [&](std::string_view variable_name, std::string_view key) {
      return either(with_environment ? variable(variable_name) : std::nullopt,
                    profiles_.value(profile, key));
    };
    const auto file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    if (!file) {
      return std::nullopt;
    }
    const bool is_of_environment = with_environment && variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    auto origin =
        is_of_environment ? std::string{"environment"} : fmt::format("profile '{}'", profile);
    auto role_arn = setting("AWS_ROLE_ARN", "role_arn");
    if (!role_arn) {
      return none(fmt::format("the {} names a web identity's token file, but no role", origin),
                  "set AWS_ROLE_ARN, or role_arn in the profile");
    }
    return CredentialsSource{
        WebIdentity{std::move(origin), *std::move(role_arn),
                    setting("AWS_ROLE_SESSION_NAME", "role_session_name").value_or(""), *file}};
  }

  Place single_sign_on(const std::string& profile) const {
    if (!profiles_.value(profile, "sso_role_name") && !profiles_.value(profile, "sso_account_id")) {
      return std::nullopt;
    }
    return none(fmt::format("profile '{}' signs in by IAM Identity Center (SSO), which spotvane "
                            "does not do itself",
                            profile),
                ask_the_cli(profile));
  }

  Place login(const std::string& profile) const {
    if (!profiles_.value(profile, "login_session")) {
      return std::nullopt;
    }
    return none(fmt::format("profile '{}' signs in by 'aws login', which spotvane does not do "
                            "itself",
                            profile),
                ask_the_cli(profile));
  }

  Place process(const std::string& profile) const {
    const auto command = profiles_.value(profile, "credential_process");
    if (!command) {
      return std::nullopt;
    }
    auto words = command_words(*command);
    if (!words || words->empty()) {
      return none(fmt::format("credential_process of profile '{}' is no command: {}", profile,
                              words ? "it is empty" : words.error().message),
                  "write it as for a shell: blanks part words, quotes keep them together");
    }
    return CredentialsSource{KeyProcess{profile, *std::move(words)}};
  }

  /// `visited` are the profiles on the way here, this one the last.
  Place role(const std::string& profile, std::vector<std::string> visited) const {
    const auto value = [&](std::string_view key) { return profiles_.value(profile, key); };
    if (!is_role(profile)) {
      return std::nullopt;
    }
    AssumedRole assumed{.profile = profile,
                        .role_arn = *value("role_arn"),
                        .session_name = value("role_session_name").value_or(""),
                        .external_id = value("external_id").value_or("")};
    if (const auto text = value("duration_seconds")) {
      const auto seconds = parse_integer(*text);
      if (!seconds || *seconds < 900 || *seconds > 43200) {
        return none(fmt::format("duration_seconds of profile '{}' must be 900 to 43200, got '{}'",
                                profile, *text),
                    "AWS gives a role for a quarter of an hour at least and for twelve at most");
      }
      assumed.duration_seconds = static_cast<int>(*seconds);
    }
    if (const auto serial = value("mfa_serial")) {
      return none(fmt::format("the role of profile '{}' asks for a code of the MFA device '{}', "
                              "which spotvane does not ask you for",
                              profile, *serial),
                  ask_the_cli(profile));
    }
    auto source = source_of_role(profile, std::move(visited));
    if (!std::holds_alternative<NoCredentials>(source.keys)) {
      source.roles.push_back(std::move(assumed));
    }
    return source;
  }

  bool is_role(std::string_view profile) const {
    return profiles_.value(profile, "role_arn") &&
           !profiles_.value(profile, "web_identity_token_file");
  }

  bool has_keys(std::string_view profile) const {
    return profiles_.value(profile, "aws_access_key_id") ||
           profiles_.value(profile, "aws_secret_access_key");
  }

  CredentialsSource source_of_role(const std::string& profile,
                                   std::vector<std::string> visited) const {
    const auto source_profile = profiles_.value(profile, "source_profile");
    const auto credential_source = profiles_.value(profile, "credential_source");
    if (source_profile.has_value() == credential_source.has_value()) {
      return none(
          fmt::format("profile '{}' has a role_arn and {} source_profile {} "
                      "credential_source",
                      profile, source_profile ? "both" : "neither", source_profile ? "and" : "nor"),
          "say by one of them with which keys to assume the role");
    }
    return source_profile ? source_of(profile, *source_profile, std::move(visited))
                          : named_source(profile, *credential_source);
  }

  CredentialsSource source_of(const std::string& profile, const std::string& source,
                              std::vector<std::string> visited) const {
    if (!profiles_.contains(source)) {
      auto unknown = unknown_profile(profiles_, source);
      return none(
          fmt::format("source_profile '{}' of profile '{}' does not exist", source, profile),
          std::move(unknown.hint));
    }
    // A profile may be its own source where it has keys: then it holds both, role and keys.
    const bool is_known = std::find(visited.begin(), visited.end(), source) != visited.end();
    visited.push_back(source);
    if (is_known && (source != profile || !has_keys(source))) {
      return none(fmt::format("the source_profile of '{}' leads in a circle: {}", visited.front(),
                              fmt::join(visited, " -> ")),
                  "let the last of them have keys of its own, or a credential_source");
    }
    if (!has_keys(source)) {
      if (auto assumed = role(source, std::move(visited))) {
        return *std::move(assumed);
      }
    }
    if (auto place = of_profile(source, false)) {
      return *std::move(place);
    }
    return none(fmt::format("profile '{}', which '{}' names as its source_profile, has no "
                            "credentials",
                            source, profile),
                fmt::format("give '{}' keys, a credential_process or a role", source));
  }

  CredentialsSource named_source(const std::string& profile, const std::string& name) const {
    struct Named {
      std::string_view name;
      Place place;
      const char* hint;
    };
    for (auto& known :
         {Named{"Environment", environment_keys(),
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
          Named{"EcsContainer", container(),
                "AWS sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or "
                "AWS_CONTAINER_CREDENTIALS_FULL_URI in its containers; neither is"},
          Named{"Ec2InstanceMetadata", instance(profile, ""), "unset AWS_EC2_METADATA_DISABLED"}}) {
      if (known.name == name) {
        return known.place ? *known.place
                           : none(fmt::format("credential_source '{}' of profile '{}' has no "
                                              "credentials",
                                              name, profile),
                                  known.hint);
      }
    }
    return none(fmt::format("credential_source '{}' of profile '{}' is unknown", name, profile),
                "it may be Environment, Ec2InstanceMetadata or EcsContainer");
  }

  Place container() const {
    const auto relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const auto full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full) {
      return std::nullopt;
    }
    ContainerRole role{
        .url = relative ? fmt::format("{}{}", kContainerAddress, *relative) : *full,
        .token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or(""),
        .token_file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").value_or("")};
    if (auto checked = check_container_url(role.url); !checked) {
      return CredentialsSource{NoCredentials{std::move(checked.error())}};
    }
    return CredentialsSource{std::move(role)};
  }

  std::string tried_before_instance(const std::string& profile, bool is_chosen) const {
    const auto* of_environment = !is_chosen ? "none in the environment, "
                                 : variable("AWS_ACCESS_KEY_ID")
                                     ? "those in the environment do not count beside --profile, "
                                     : "";
    return fmt::format("{}none in profile '{}', none of a container", of_environment, profile);
  }

  /// The last place, which only asking can tell to be none.
  Place instance(const std::string& profile, const std::string& tried) const {
    const auto setting = [&](std::string_view variable_name, std::string_view key) {
      return either(variable(variable_name), profiles_.value(profile, key));
    };
    if (is_yes(variable("AWS_EC2_METADATA_DISABLED"))) {
      return std::nullopt;
    }
    const auto mode =
        setting("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode");
    const bool is_ipv6 = mode && (*mode == "ipv6" || *mode == "IPv6");
    auto endpoint = setting("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
                        .value_or(std::string{is_ipv6 ? kMetadataAddressOfIpv6 : kMetadataAddress});
    while (endpoint.ends_with('/')) {
      endpoint.pop_back();
    }
    return CredentialsSource{InstanceRole{std::move(endpoint), tried}};
  }

  const EnvironmentLookup& environment_;
  const Profiles& profiles_;
};

}  // namespace

CredentialsSource find_credentials(const EnvironmentLookup& environment, const Profiles& profiles,
                                   const std::string& profile, bool is_chosen) {
  return Chain{environment, profiles}.of_session(profile, is_chosen);
}

Error unknown_profile(const Profiles& profiles, const std::string& profile) {
  Error unknown{ErrorKind::InvalidInput, fmt::format("AWS profile '{}' does not exist", profile)};
  const auto names = profiles.names();
  if (const auto meant = nearest(profile, names)) {
    unknown.hint = fmt::format("did you mean '{}'?", *meant);
  } else if (names.empty()) {
    unknown.hint = "neither '~/.aws/config' nor '~/.aws/credentials' has any profile";
  } else {
    unknown.hint = fmt::format("there are: {}", fmt::join(names, ", "));
  }
  return unknown;
}

}  // namespace spotvane::adapters
