#include "lab/instance_papers.hpp"

#include "lab/resource_rows.hpp"
#include "lab/sts.hpp"
#include "sim/value_noise.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace spotvane::lab {

namespace {

using nlohmann::json;
using Papers = std::map<std::string, std::string>;

constexpr std::string_view kRoleFolder = "meta-data/iam/security-credentials/";
constexpr Duration kKeysLast = std::chrono::hours{6};
constexpr Duration kKeysRenewed = std::chrono::hours{1};

std::string paper_text(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string whole_seconds(TimePoint time) {
  return to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(time)});
}

std::string architecture(const World& world, const sim::Instance& instance) {
  const auto& fitting = world.instances().book().type(instance.spec.type)->architectures;
  return fitting.empty() ? "x86_64" : fitting.back();
}

void add_identity(Papers& papers, const World& world, const sim::Instance& instance) {
  const auto zone = world.zone_name(instance);
  const auto address = private_address(instance);
  const auto& region = instance.owner.region.text();
  auto host = "ip-" + address + (region == "us-east-1" ? ".ec2" : "." + region + ".compute");
  std::replace(host.begin() + 3, host.begin() + 3 + static_cast<std::ptrdiff_t>(address.size()),
               '.', '-');
  const auto mac = sim::derive(sim::derive(0, "mac"), instance.id);
  papers["meta-data/ami-id"] = instance.spec.image_id;
  papers["meta-data/ami-launch-index"] = fmt::to_string(instance.launch_index);
  papers["meta-data/hostname"] = papers["meta-data/local-hostname"] = host + ".internal";
  papers["meta-data/instance-id"] = instance.id;
  papers["meta-data/instance-life-cycle"] = instance.is_spot ? "spot" : "on-demand";
  papers["meta-data/instance-type"] = instance.spec.type.text();
  papers["meta-data/local-ipv4"] = address;
  papers["meta-data/mac"] =
      fmt::format("0a:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac & 0xffU, mac >> 8U & 0xffU,
                  mac >> 16U & 0xffU, mac >> 24U & 0xffU, mac >> 32U & 0xffU);
  papers["meta-data/placement/availability-zone"] = zone;
  papers["meta-data/placement/availability-zone-id"] = instance.spec.zone.text();
  papers["meta-data/placement/region"] = region;
  papers["meta-data/reservation-id"] = instance.reservation_id;
  papers["meta-data/services/domain"] = "amazonaws.com";
  papers["meta-data/services/partition"] = "aws";
  papers["dynamic/instance-identity/document"] =
      paper_text({{"accountId", instance.owner.account},
                  {"architecture", architecture(world, instance)},
                  {"availabilityZone", zone},
                  {"billingProducts", nullptr},
                  {"devpayProductCodes", nullptr},
                  {"marketplaceProductCodes", nullptr},
                  {"imageId", instance.spec.image_id},
                  {"instanceId", instance.id},
                  {"instanceType", instance.spec.type.text()},
                  {"kernelId", nullptr},
                  {"pendingTime", whole_seconds(instance.launched_at)},
                  {"privateIp", address},
                  {"ramdiskId", nullptr},
                  {"region", region},
                  {"version", "2017-09-30"}});
}

void add_events(Papers& papers, const sim::Instance& instance, TimePoint as_of) {
  papers["meta-data/events/maintenance/history"] = "[]";
  papers["meta-data/events/maintenance/scheduled"] = "[]";
  if (instance.rebalance_at <= as_of) {
    papers["meta-data/events/recommendations/rebalance"] =
        paper_text({{"noticeTime", whole_seconds(instance.rebalance_at)}});
  }
  if (instance.notice_at <= as_of) {
    const auto end = whole_seconds(instance.notice_at + sim::kNotice);
    papers["meta-data/spot/instance-action"] = paper_text({{"action", "terminate"}, {"time", end}});
    papers["meta-data/spot/termination-time"] = end;
  }
}

std::string profile_arn(const sim::Instance& instance) {
  return fmt::format("arn:aws:iam::{}:instance-profile/{}", instance.owner.account,
                     instance.spec.instance_profile);
}

}  // namespace

Papers instance_papers(const World& world, const sim::Instance& instance, TimePoint as_of) {
  Papers papers;
  add_identity(papers, world, instance);
  add_events(papers, instance, as_of);
  if (const auto& profile = instance.spec.instance_profile; !profile.empty()) {
    papers[std::string{kRoleFolder} + profile] = {};
    papers["meta-data/iam/info"] = paper_text(
        {{"Code", "Success"},
         {"LastUpdated", whole_seconds(instance.launched_at)},
         {"InstanceProfileArn", profile_arn(instance)},
         {"InstanceProfileId", fmt::format("AIPA{:016X}", sim::derive(0, profile_arn(instance)))}});
  }
  if (instance.spec.shows_tags) {
    for (const auto& [key, value] : instance.tags) {
      papers["meta-data/tags/instance/" + key] = value;
    }
  }
  if (const auto* group = world.groups().group_of(instance.id)) {
    const auto* member = sim::ScalingGroups::member(*group, instance.id);
    const bool is_ending =
        member == nullptr || member->state == sim::GroupMember::State::Terminating;
    papers["meta-data/autoscaling/target-lifecycle-state"] = is_ending ? "Terminated" : "InService";
  }
  if (!instance.spec.user_data.empty()) {
    papers["user-data"] = instance.spec.user_data;
  }
  return papers;
}

bool is_role_keys(std::string_view path) {
  return path.starts_with(kRoleFolder) && path.size() > kRoleFolder.size();
}

std::string role_keys(World& world, const sim::Instance& instance, TimePoint wall_now) {
  auto& held = world.keys_of_instance(instance.id);
  if (!held.expires || *held.expires - kKeysRenewed < wall_now) {
    world.accounts().forget_expired(wall_now);
    held = open_session(world, instance.owner.account, instance.spec.instance_profile, instance.id,
                        wall_now + kKeysLast);
  }
  return paper_text({{"Code", "Success"},
                     {"LastUpdated", whole_seconds(*held.expires - kKeysLast)},
                     {"Type", "AWS-HMAC"},
                     {"AccessKeyId", held.access_key_id},
                     {"SecretAccessKey", held.secret_access_key},
                     {"Token", held.session_token},
                     {"Expiration", whole_seconds(*held.expires)}});
}

}  // namespace spotvane::lab
