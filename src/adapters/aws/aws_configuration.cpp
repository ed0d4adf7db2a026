#include "adapters/aws/aws_configuration.hpp"

#include "adapters/aws/profiles.hpp"
#include "base/number.hpp"
#include "base/spelling.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kMetadataAddress = "http://169.254.169.254";
constexpr std::string_view kAdvisorHost = "https://spot-bid-advisor.s3.amazonaws.com";

/// Reads one profile out of the environment and the files; the environment comes first.
class Finder {
 public:
  Finder(const EnvironmentLookup& environment, const Profiles& profiles, const AwsChoices& choices)
      : environment_{environment}, profiles_{profiles}, choices_{choices} {}

  Result<AwsConfiguration> find() {
    profile_ = first({choices_.profile, variable("AWS_PROFILE"), variable("AWS_DEFAULT_PROFILE")})
                   .value_or("default");
    if (profile_ != "default" && !profiles_.contains(profile_)) {
      return unknown_profile();
    }
    AwsConfiguration found{.profile = profile_, .credentials = credentials()};
    found.region = first({choices_.region, variable("AWS_REGION"), variable("AWS_DEFAULT_REGION"),
                          profiles_.value(profile_, "region")})
                       .value_or(found.region);
    if (found.region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") !=
        std::string::npos) {
      return fail(ErrorKind::InvalidInput,
                  "AWS region must be a name such as 'us-east-1', got '{}'", found.region);
    }
    if (auto read = read_endpoints(found); !read) {
      return tl::unexpected(std::move(read).error());
    }
    if (auto read = read_max_attempts(found); !read) {
      return tl::unexpected(std::move(read).error());
    }
    return found;
  }

 private:
  /// Empty counts as absent.
  std::optional<std::string> variable(std::string_view name) const {
    auto value = environment_(name);
    return value && !value->empty() ? std::move(value) : std::nullopt;
  }

  static std::optional<std::string> first(
      std::initializer_list<std::optional<std::string>> candidates) {
    for (const auto& candidate : candidates) {
      if (candidate) {
        return candidate;
      }
    }
    return std::nullopt;
  }

  tl::unexpected<Error> unknown_profile() const {
    auto unknown = fail(ErrorKind::InvalidInput, "AWS profile '{}' does not exist", profile_);
    const auto names = profiles_.names();
    if (const auto meant = nearest(profile_, names)) {
      unknown.value().hint = fmt::format("did you mean '{}'?", *meant);
    } else if (names.empty()) {
      unknown.value().hint = "neither '~/.aws/config' nor '~/.aws/credentials' has any profile";
    } else {
      unknown.value().hint = fmt::format("there are: {}", fmt::join(names, ", "));
    }
    return unknown;
  }

  CredentialsSource credentials() const {
    // A profile chosen by the program comes before the environment's keys; AWS_PROFILE does not.
    if (!choices_.profile) {
      if (auto keys = keys_of(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"),
                              variable("AWS_SESSION_TOKEN"), "environment")) {
        return *std::move(keys);
      }
    }
    for (const auto* key :
         {"role_arn", "web_identity_token_file", "sso_session", "sso_start_url"}) {
      if (profiles_.value(profile_, key)) {
        return unsupported(key);
      }
    }
    if (auto keys = keys_of(profiles_.value(profile_, "aws_access_key_id"),
                            profiles_.value(profile_, "aws_secret_access_key"),
                            profiles_.value(profile_, "aws_session_token"),
                            fmt::format("profile '{}'", profile_))) {
      return *std::move(keys);
    }
    if (profiles_.value(profile_, "credential_process")) {
      return unsupported("credential_process");
    }
    if (variable("AWS_EC2_METADATA_DISABLED") == "true") {
      return NoCredentials{{ErrorKind::Denied, "no AWS credentials found",
                            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile in "
                            "AWS_PROFILE, or run 'aws configure'"}};
    }
    auto endpoint =
        variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or(std::string{kMetadataAddress});
    while (endpoint.ends_with('/')) {
      endpoint.pop_back();
    }
    return InstanceRole{std::move(endpoint)};
  }

  /// None where there is neither key; half a pair is a mistake worth telling.
  static std::optional<CredentialsSource> keys_of(std::optional<std::string> id,
                                                  std::optional<std::string> secret,
                                                  std::optional<std::string> token,
                                                  const std::string& origin) {
    if (!id && !secret) {
      return std::nullopt;
    }
    if (!id || !secret) {
      return NoCredentials{
          {ErrorKind::Denied, fmt::format("half of the AWS credentials of {} is missing", origin),
           id ? "the secret access key is not set" : "the access key id is not set"}};
    }
    return FixedKeys{{*std::move(id), *std::move(secret), std::move(token).value_or("")}, origin};
  }

  CredentialsSource unsupported(std::string_view key) const {
    return NoCredentials{
        {ErrorKind::Denied,
         fmt::format("profile '{}' takes its credentials from '{}', which is not supported yet",
                     profile_, key),
         "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, for example with "
         "'aws configure export-credentials --format env'"}};
  }

  struct Setting {
    std::string origin;
    std::optional<std::string> value;
  };

  Result<void> read_endpoints(AwsConfiguration& found) const {
    if (choices_.endpoint_url) {
      return set_endpoint(found, "", {{"the endpoint URL", choices_.endpoint_url}});
    }
    if (first({variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
               profiles_.value(profile_, "ignore_configured_endpoint_urls")}) == "true") {
      return {};
    }
    for (const auto& service : wire::kServices) {
      const auto name = fmt::format("AWS_ENDPOINT_URL_{}", service.endpoint_id);
      if (auto set = set_endpoint(
              found, service.name,
              {{name, variable(name)},
               {"AWS_ENDPOINT_URL", variable("AWS_ENDPOINT_URL")},
               {fmt::format("endpoint_url of '{}' for profile '{}'", service.name, profile_),
                profiles_.service_value(profile_, service.name, "endpoint_url")}});
          !set) {
        return set;
      }
    }
    return set_endpoint(found, "",
                        {{"AWS_ENDPOINT_URL", variable("AWS_ENDPOINT_URL")},
                         {fmt::format("endpoint_url of profile '{}'", profile_),
                          profiles_.value(profile_, "endpoint_url")}});
  }

  static Result<void> set_endpoint(AwsConfiguration& found, std::string_view service,
                                   std::initializer_list<Setting> settings) {
    for (const auto& setting : settings) {
      if (!setting.value) {
        continue;
      }
      auto address = *setting.value;
      const auto url = wire::split_url(address);
      if ((url.scheme != "http" && url.scheme != "https") || url.authority.empty()) {
        return fail(ErrorKind::InvalidInput,
                    "{} must be an address such as 'http://localhost:4599', got '{}'",
                    setting.origin, address);
      }
      while (address.ends_with('/')) {
        address.pop_back();
      }
      found.endpoints.emplace(service, std::move(address));
      return {};
    }
    return {};
  }

  Result<void> read_max_attempts(AwsConfiguration& found) const {
    const auto text =
        first({variable("AWS_MAX_ATTEMPTS"), profiles_.value(profile_, "max_attempts")});
    if (!text) {
      return {};
    }
    const auto count = parse_integer(*text);
    if (!count || *count < 1 || *count > 100) {
      return fail(ErrorKind::InvalidInput,
                  "AWS_MAX_ATTEMPTS (or max_attempts) must be 1 to 100, got '{}'", *text);
    }
    found.max_attempts = static_cast<int>(*count);
    return {};
  }

  const EnvironmentLookup& environment_;
  const Profiles& profiles_;
  const AwsChoices& choices_;
  std::string profile_;
};

}  // namespace

std::string AwsConfiguration::endpoint(const wire::Service& service,
                                       std::string_view region_asked) const {
  for (const auto name : {service.name, std::string_view{}}) {
    if (const auto found = endpoints.find(name); found != endpoints.end()) {
      return found->second;
    }
  }
  return fmt::format("https://{}.{}.amazonaws.com{}", service.host_prefix, region_asked,
                     region_asked.starts_with("cn-") ? ".cn" : "");
}

std::string AwsConfiguration::advisor_url() const {
  if (advisor) {
    return *advisor;
  }
  const auto found = endpoints.find("");
  return fmt::format("{}{}", found != endpoints.end() ? found->second : kAdvisorHost,
                     wire::kAdvisorPath);
}

Result<AwsConfiguration> read_aws_configuration(const EnvironmentLookup& environment,
                                                const AwsChoices& choices) {
  const auto profiles = Profiles::load(environment);
  if (!profiles) {
    return tl::unexpected(Error{profiles.error()}.during("read AWS configuration"));
  }
  return Finder{environment, *profiles, choices}.find();
}

}  // namespace spotvane::adapters
