#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"
#include "sim/instance_orders.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

inline sim::Owner owner_of(const Call& call) {
  return {call.account.id, call.region};
}

/// What the market says no with, with the status EC2 sends it by.
tl::unexpected<Refusal> refuse(const sim::MarketRefusal& refusal);

/// The zones of a call's region, by the names its account knows them by.
class ZoneNames {
 public:
  ZoneNames(const World& world, const Call& call);

  std::string name(const model::ZoneId& id) const;  ///< empty for none
  std::optional<model::ZoneId> find(std::string_view name) const;
  std::optional<model::ZoneId> of_subnet(std::string_view subnet) const;
  const std::vector<model::Zone>& zones() const { return zones_; }

 private:
  std::string account_;
  std::vector<model::Zone> zones_;
};

/// The account's default subnet in a zone, and the VPC they are in.
std::string default_subnet(std::string_view account, const model::ZoneId& zone);
/// Its addresses: "172.31.64.0/20" of "use1-az4".
std::string subnet_block(const model::ZoneId& zone);
int subnet_number(const model::ZoneId& zone);
std::string default_vpc(std::string_view account, const model::Region& region);

/// A launch as a call describes it, and what is wrong with it that EC2 finds out later.
struct ReadLaunch {
  sim::LaunchSpec spec;
  std::string flaw = {};
};

/// Reads ImageId, InstanceType, Placement, SubnetId and the like below `prefix`. Refuses what is
/// missing, malformed or unknown.
Answered<ReadLaunch> read_launch(const World& world, const Call& call, std::string_view prefix);

/// Refuses types that the zone, where one is named, or the region does not offer.
Answered<void> check_offered(const World& world, const Call& call, const sim::LaunchSpec& spec);

/// The tags that the call gives to resources of each type; refuses types it cannot tag.
using TagsByType = std::map<std::string, sim::Tags, std::less<>>;
Answered<TagsByType> read_tag_specifications(const Call& call,
                                             std::span<const std::string_view> types);

/// Tags below "Tag.N"; refuses AWS's own keys, and more or longer ones than there may be.
Answered<sim::Tags> read_tags(const Call& call, std::string_view prefix);

/// The call's ClientToken with all else that was asked. Refuses one too long.
Answered<sim::ClientToken> read_token(const Call& call);

/// A price above zero; none where there is no such parameter.
Answered<std::optional<Money>> read_price(const Call& call, std::string_view name);

/// Whether it is an ID of that kind: "i-" and 8 or 17 hexadecimal digits.
bool is_id(std::string_view text, std::string_view prefix);

/// The call with the parameters of the launch template it names, if any, where it has none itself.
Answered<Call> with_template(const World& world, const Call& call, std::string_view prefix);

}  // namespace spotvane::lab
