#include "adapters/aws/aws_configuration.hpp"

#include "adapters/aws/credential_chain.hpp"
#include "adapters/aws/profiles.hpp"
#include "base/number.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kAdvisorHost = "https://spot-bid-advisor.s3.amazonaws.com";

/// A service's name in the files: "auto_scaling" where the environment says "AUTO_SCALING".
std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (auto& letter : lower) {
    letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return lower;
}

/// Reads one profile out of the environment and the files; the environment comes first.
class Finder {
 public:
  Finder(const EnvironmentLookup& environment, const Profiles& profiles, const AwsChoices& choices)
      : environment_{environment}, profiles_{profiles}, choices_{choices} {}

  Result<AwsConfiguration> find() {
    profile_ = first({choices_.profile, variable("AWS_PROFILE"), variable("AWS_DEFAULT_PROFILE")})
                   .value_or("default");
    if (profile_ != "default" && !profiles_.contains(profile_)) {
      return tl::unexpected(unknown_profile(profiles_, profile_));
    }
    AwsConfiguration found{.profile = profile_,
                           .credentials = find_credentials(environment_, profiles_, profile_,
                                                           choices_.profile.has_value())};
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

  struct Setting {
    std::string origin;
    std::optional<std::string> value;
  };

  Result<void> read_endpoints(AwsConfiguration& found) const {
    if (choices_.endpoint_url) {
      return set_endpoint(found, "", {{"the endpoint URL", choices_.endpoint_url}});
    }
    if (is_yes(first({variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                      profiles_.value(profile_, "ignore_configured_endpoint_urls")}))) {
      return {};
    }
    if (const auto services = profiles_.value(profile_, "services");
        services && !profiles_.has_services(*services)) {
      return tl::unexpected(
          Error{ErrorKind::InvalidInput,
                fmt::format("profile '{}' names the services '{}', which do not exist", profile_,
                            *services),
                fmt::format("write a section '[services {}]' into the config file", *services)});
    }
    for (const auto& service : wire::kServices) {
      const auto name = fmt::format("AWS_ENDPOINT_URL_{}", service.endpoint_id);
      const auto section = lower_case(service.endpoint_id);
      if (auto set = set_endpoint(
              found, service.name,
              {{name, variable(name)},
               {"AWS_ENDPOINT_URL", variable("AWS_ENDPOINT_URL")},
               {fmt::format("endpoint_url of '{}' for profile '{}'", section, profile_),
                profiles_.service_value(profile_, section, "endpoint_url")}});
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

/// The domain that AWS's services of a region have. Each partition has its own.
std::string_view domain_of(std::string_view region) {
  struct Partition {
    std::string_view prefix;
    std::string_view domain;
  };
  constexpr std::array kPartitions{
      Partition{"cn-", "amazonaws.com.cn"},    Partition{"eusc-", "amazonaws.eu"},
      Partition{"us-iso-", "c2s.ic.gov"},      Partition{"us-isob-", "sc2s.sgov.gov"},
      Partition{"eu-isoe-", "cloud.adc-e.uk"}, Partition{"us-isof-", "csp.hci.ic.gov"},
  };
  for (const auto& partition : kPartitions) {
    if (region.starts_with(partition.prefix)) {
      return partition.domain;
    }
  }
  return "amazonaws.com";
}

}  // namespace

std::string AwsConfiguration::endpoint(const wire::Service& service,
                                       std::string_view region_asked) const {
  for (const auto name : {service.name, std::string_view{}}) {
    if (const auto found = endpoints.find(name); found != endpoints.end()) {
      return found->second;
    }
  }
  return fmt::format("https://{}.{}.{}", service.host_prefix, region_asked,
                     domain_of(region_asked));
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
