#include "lab/launch_form.hpp"

#include "lab/images.hpp"
#include "lab/parameter.hpp"
#include "sim/value_noise.hpp"
#include "wire/base64.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace spotvane::lab {

namespace {

constexpr std::size_t kTokenLength = 64;
constexpr std::size_t kMostTags = 50;
constexpr std::size_t kKeyLength = 128;
constexpr std::size_t kValueLength = 256;
constexpr std::size_t kMostUserData = 16U << 10U;

constexpr std::string_view kRootDevice = "/dev/xvda";
constexpr std::int64_t kRootVolumeGb = 8;
constexpr std::int64_t kMostVolumeGb = 16'384;
constexpr std::int64_t kMostVolumeIops = 64'000;

/// EC2 has no room: it says so as a failure of its own.
constexpr std::array<std::string_view, 1> kServerErrors{"InsufficientInstanceCapacity"};

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Answered<Image> read_image(const World& /*world*/, const Call& call, std::string_view prefix) {
  const auto id = text_parameter(call, fmt::format("{}ImageId", prefix));
  if (!id) {
    return refuse_missing("ImageId");
  }
  if (!is_id(*id, "ami-")) {
    return refuse(400, "InvalidAMIID.Malformed", R"(Invalid id: "{}" (expecting "ami-..."))", *id);
  }
  auto image = find_image(call.region, *id, call.now);
  if (!image) {
    return refuse(400, "InvalidAMIID.NotFound", "The image id '[{}]' does not exist", *id);
  }
  return std::move(*image);
}

Answered<model::ZoneId> read_zone(const World& world, const Call& call, std::string_view prefix) {
  const ZoneNames names{world, call};
  const auto subnet = text_parameter(call, fmt::format("{}SubnetId", prefix));
  if (subnet) {
    const auto zone = names.of_subnet(*subnet);
    return zone ? Answered<model::ZoneId>{*zone}
                : refuse(400, "InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist",
                         *subnet);
  }
  for (const auto* member : {"Placement.AvailabilityZone", "AvailabilityZone"}) {
    if (const auto name = text_parameter(call, fmt::format("{}{}", prefix, member))) {
      const auto zone = names.find(*name);
      return zone ? Answered<model::ZoneId>{*zone}
                  : refuse(400, "InvalidParameterValue", "Invalid availability zone: [{}]", *name);
    }
  }
  for (const auto* member : {"Placement.AvailabilityZoneId", "AvailabilityZoneId"}) {
    if (const auto id = text_parameter(call, fmt::format("{}{}", prefix, member))) {
      const model::ZoneId zone{*id};
      return !names.name(zone).empty()
                 ? Answered<model::ZoneId>{zone}
                 : refuse(400, "InvalidParameterValue", "Invalid availability zone-id: [{}]", *id);
    }
  }
  return model::ZoneId{};
}

/// The role of the profile that "IamInstanceProfile.Name" or ".Arn" names: ours are called alike.
std::string read_profile(const Call& call, std::string_view prefix) {
  const auto name = text_parameter(call, fmt::format("{}IamInstanceProfile.Name", prefix));
  const auto arn = text_parameter(call, fmt::format("{}IamInstanceProfile.Arn", prefix));
  return name ? *name : arn ? arn->substr(arn->rfind('/') + 1) : std::string{};
}

/// The image's root volume, and what the call asks for in its place or besides.
Answered<std::vector<model::VolumeSpec>> read_volumes(const Call& call, std::string_view prefix) {
  std::vector<model::VolumeSpec> volumes{{}};
  for (int i = 1;; ++i) {
    const auto device = fmt::format("{}BlockDeviceMapping.{}.", prefix, i);
    const auto name = text_parameter(call, device + "DeviceName");
    if (!name) {
      return volumes;
    }
    const bool is_root = *name == kRootDevice;
    const auto size = integer_parameter(call, device + "Ebs.VolumeSize", 1, kMostVolumeGb);
    const auto iops = integer_parameter(call, device + "Ebs.Iops", 100, kMostVolumeIops);
    if (!size || !iops) {
      return tl::unexpected(!size ? size.error() : iops.error());
    }
    const auto kind = text_parameter(call, device + "Ebs.VolumeType");
    if (!is_root && !*size && !kind) {
      continue;  // a disk of the host's own
    }
    const model::VolumeSpec wanted{.kind = kind.value_or(volumes.front().kind),
                                   .gb = static_cast<double>(size->value_or(kRootVolumeGb)),
                                   .iops = static_cast<double>(iops->value_or(0))};
    if (auto priced = model::volume_usd_per_hour(wanted, call.region); !priced) {
      return refuse(
          400, "InvalidParameterValue",
          "Value ({}) for parameter volumeType is invalid. This lab has gp2, gp3 and io1.",
          wanted.kind);
    }
    if (is_root && wanted.gb < kRootVolumeGb) {
      return refuse(400, "InvalidBlockDeviceMapping",
                    "Volume of size {}GB is smaller than the image's snapshot, expect size >= {}GB",
                    wanted.gb, kRootVolumeGb);
    }
    if (wanted.kind == "io1" && !*iops) {
      return refuse(400, "InvalidBlockDeviceMapping",
                    "The parameter iops must be specified for io1 volumes.");
    }
    is_root ? volumes.front() = wanted : volumes.emplace_back(wanted);
  }
}

/// As the instance reads it, without the base64 it travels in.
Answered<std::string> read_user_data(const Call& call, std::string_view prefix) {
  const auto text = text_parameter(call, fmt::format("{}UserData", prefix));
  auto data = wire::from_base64(text.value_or(""));
  if (!data || data->size() > kMostUserData) {
    return refuse(400, "InvalidUserData.Malformed", "{}",
                  data ? "User data is limited to 16384 bytes" : "Invalid BASE64 encoding");
  }
  return *std::move(data);
}

}  // namespace

tl::unexpected<Refusal> refuse(const sim::MarketRefusal& refusal) {
  const bool is_server_error =
      std::find(kServerErrors.begin(), kServerErrors.end(), refusal.code) != kServerErrors.end();
  return tl::unexpected(Refusal{is_server_error ? 500 : 400, refusal.code, refusal.message});
}

ZoneNames::ZoneNames(const World& world, const Call& call)
    : account_{call.account.id}, zones_{world.zones(call.region, call.account)} {}

std::string ZoneNames::name(const model::ZoneId& id) const {
  const auto found = std::find_if(zones_.begin(), zones_.end(),
                                  [&id](const model::Zone& zone) { return zone.id == id; });
  return found == zones_.end() ? std::string{} : found->name.text();
}

std::optional<model::ZoneId> ZoneNames::find(std::string_view name) const {
  const auto found = std::find_if(zones_.begin(), zones_.end(), [name](const model::Zone& zone) {
    return zone.name.text() == name;
  });
  return found == zones_.end() ? std::nullopt : std::optional{found->id};
}

std::optional<model::ZoneId> ZoneNames::of_subnet(std::string_view subnet) const {
  const auto found = std::find_if(zones_.begin(), zones_.end(), [&](const model::Zone& zone) {
    return default_subnet(account_, zone.id) == subnet;
  });
  return found == zones_.end() ? std::nullopt : std::optional{found->id};
}

std::string default_subnet(std::string_view account, const model::ZoneId& zone) {
  return fmt::format("subnet-0{:016x}",
                     sim::derive(sim::derive(sim::derive(0, "subnet"), account), zone.text()));
}

int subnet_number(const model::ZoneId& zone) {
  return zone.text().empty() ? 0 : (zone.text().back() - '0') % 16;
}

std::string subnet_block(const model::ZoneId& zone) {
  return fmt::format("172.31.{}.0/20", 16 * subnet_number(zone));
}

std::string default_vpc(std::string_view account, const model::Region& region) {
  return fmt::format("vpc-0{:016x}",
                     sim::derive(sim::derive(sim::derive(0, "vpc"), account), region.text()));
}

bool is_id(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) {
    return false;
  }
  const auto digits = text.substr(prefix.size());
  return (digits.size() == 8 || digits.size() == 17) && is_lower_hex(digits);
}

Answered<ReadLaunch> read_launch(const World& world, const Call& call, std::string_view prefix) {
  const auto type = text_parameter(call, fmt::format("{}InstanceType", prefix));
  if (!type) {
    return refuse_missing("InstanceType");
  }
  const auto* facts = world.instances().book().type(model::InstanceType{*type});
  if (facts == nullptr) {
    return refuse(400, "InvalidParameterValue", "Invalid value '{}' for InstanceType.", *type);
  }
  auto image = read_image(world, call, prefix);
  if (!image) {
    return tl::unexpected(std::move(image.error()));
  }
  auto zone = read_zone(world, call, prefix);
  if (!zone) {
    return tl::unexpected(std::move(zone.error()));
  }
  auto user_data = read_user_data(call, prefix);
  if (!user_data) {
    return tl::unexpected(std::move(user_data.error()));
  }
  auto volumes = read_volumes(call, prefix);
  if (!volumes) {
    return tl::unexpected(std::move(volumes.error()));
  }
  const auto tags_shown =
      text_parameter(call, fmt::format("{}MetadataOptions.InstanceMetadataTags", prefix));
  ReadLaunch read{
      .spec = {.type = facts->type,
               .zone = std::move(*zone),
               .image_id = image->id,
               .key_name = text_parameter(call, fmt::format("{}KeyName", prefix)).value_or(""),
               .security_groups = call.form.list(fmt::format("{}SecurityGroupId", prefix)),
               .user_data = std::move(*user_data),
               .instance_profile = read_profile(call, prefix),
               .shows_tags = tags_shown == "enabled",
               .volumes = *std::move(volumes)}};
  const auto& fitting = facts->architectures;
  if (std::find(fitting.begin(), fitting.end(), image->architecture) == fitting.end()) {
    read.flaw = fmt::format(
        "The architecture '{}' of the specified instance type does not match the architecture '{}' "
        "of the specified AMI. Specify an instance type and an AMI that have matching "
        "architectures, and try again.",
        fmt::join(fitting, ","), image->architecture);
  }
  return read;
}

Answered<void> check_offered(const World& world, const Call& call, const sim::LaunchSpec& spec) {
  const auto zones = world.instances().book().zones_offering({spec.type, call.region});
  if (zones.empty()) {
    return refuse(400, "Unsupported",
                  "The requested configuration is currently not supported. Please check the "
                  "documentation for supported configurations.");
  }
  if (spec.zone.text().empty() || std::find(zones.begin(), zones.end(), spec.zone) != zones.end()) {
    return {};
  }
  const ZoneNames names{world, call};
  std::vector<std::string> others;
  for (const auto& zone : zones) {
    others.push_back(names.name(zone));
  }
  std::sort(others.begin(), others.end());
  return refuse(400, "Unsupported",
                "Your requested instance type ({}) is not supported in your requested Availability "
                "Zone ({}). Please retry your request by not specifying an Availability Zone or "
                "choosing {}.",
                spec.type, names.name(spec.zone), fmt::join(others, ", "));
}

Answered<sim::Tags> read_tags(const Call& call, std::string_view prefix) {
  sim::Tags tags;
  for (int i = 1;; ++i) {
    const auto* key = call.form.find(fmt::format("{}Tag.{}.Key", prefix, i));
    const auto* value = call.form.find(fmt::format("{}Tag.{}.Value", prefix, i));
    if (key == nullptr) {
      break;
    }
    if (key->empty() || key->size() > kKeyLength || key->starts_with("aws:")) {
      return refuse(400, "InvalidParameterValue",
                    "Tag key '{}' is invalid. Tag keys may not be empty, have more than {} "
                    "characters, or begin with 'aws:'",
                    *key, kKeyLength);
    }
    if (value != nullptr && value->size() > kValueLength) {
      return refuse(400, "InvalidParameterValue",
                    "Tag value exceeds the maximum length of {} characters", kValueLength);
    }
    if (!tags.emplace(*key, value != nullptr ? *value : "").second) {
      return refuse(400, "InvalidParameterValue", "Duplicate tag key '{}' specified.", *key);
    }
  }
  if (tags.size() > kMostTags) {
    return refuse(400, "TagLimitExceeded", "The maximum number of tags on a resource is {}",
                  kMostTags);
  }
  return tags;
}

Answered<TagsByType> read_tag_specifications(const Call& call,
                                             std::span<const std::string_view> types) {
  TagsByType all;
  for (int i = 1;; ++i) {
    const auto prefix = fmt::format("TagSpecification.{}.", i);
    const auto* type = call.form.find(prefix + "ResourceType");
    if (type == nullptr) {
      break;
    }
    if (std::find(types.begin(), types.end(), *type) == types.end()) {
      return refuse(400, "InvalidParameterValue",
                    "'{}' is not a valid taggable resource type for this operation.", *type);
    }
    auto tags = read_tags(call, prefix);
    if (!tags) {
      return tl::unexpected(std::move(tags.error()));
    }
    if (!all.emplace(*type, std::move(*tags)).second) {
      return refuse(400, "InvalidParameterValue", "Duplicate resource type '{}' specified.", *type);
    }
  }
  return all;
}

Answered<sim::ClientToken> read_token(const Call& call) {
  sim::ClientToken token;
  std::vector<std::string> asked;
  for (const auto& parameter : call.form.parameters()) {
    if (parameter.name == "ClientToken") {
      token.text = parameter.value;
    } else {
      asked.push_back(fmt::format("{}={}", parameter.name, parameter.value));
    }
  }
  if (token.text.size() > kTokenLength) {
    return refuse(400, "InvalidParameterValue",
                  "Client token is too long: it may have up to {} characters", kTokenLength);
  }
  std::sort(asked.begin(), asked.end());
  token.parameters = fmt::format("{}", fmt::join(asked, "\n"));
  return token;
}

Answered<std::optional<Money>> read_price(const Call& call, std::string_view name) {
  const auto text = text_parameter(call, name);
  if (!text) {
    return std::optional<Money>{};
  }
  const auto price = Money::parse(*text);
  if (!price || *price <= Money{}) {
    return refuse(400, "InvalidParameterValue", "Invalid value '{}' for {}. It must be above 0.",
                  *text, name);
  }
  return std::optional{*price};
}

Answered<Call> with_template(const World& world, const Call& call, std::string_view prefix) {
  const auto id = text_parameter(call, fmt::format("{}LaunchTemplateId", prefix));
  const auto name = text_parameter(call, fmt::format("{}LaunchTemplateName", prefix));
  if (!id && !name) {
    return call;
  }
  const auto version = text_parameter(call, fmt::format("{}Version", prefix)).value_or("$Default");
  const auto* stored = world.instances().templates().find(owner_of(call), id.value_or(""),
                                                          name.value_or(""), call.now);
  if (stored == nullptr) {
    return id ? refuse(400, "InvalidLaunchTemplateId.NotFound",
                       "The specified launch template, with template ID {}, does not exist.", *id)
              : refuse(400, "InvalidLaunchTemplateName.NotFoundException",
                       "The specified launch template, with template name {}, does not exist.",
                       *name);
  }
  if (version != "1" && version != "$Default" && version != "$Latest") {
    return refuse(400, "InvalidLaunchTemplateId.VersionNotFound",
                  "Could not find launch template version '{}'", version);
  }
  auto merged = call;
  for (const auto& [parameter, value] : stored->parameters) {
    if (call.form.find(parameter) == nullptr) {
      merged.form.add(parameter, value);
    }
  }
  return merged;
}

}  // namespace spotvane::lab
