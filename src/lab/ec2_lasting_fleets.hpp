#pragma once

#include "lab/call.hpp"
#include "lab/world.hpp"
#include "wire/xml.hpp"

#include <string>
#include <vector>

namespace spotvane::lab {

class ZoneNames;

// EC2 Fleets of the types maintain and request: what `ec2_fleets` does not know, which are instant.

Answered<std::string> create_lasting_fleet(World& world, const Call& call);
Answered<std::string> modify_fleet(World& world, const Call& call);

/// Null where it is none of these.
sim::SpotFleet* find_lasting_fleet(World& world, const Call& call, const std::string& id);

/// Those that DescribeFleets shows to who names none.
std::vector<const sim::SpotFleet*> list_lasting_fleets(World& world, const Call& call);

/// An <item> of a fleetSet.
void write_lasting_fleet(wire::XmlWriter& xml, const sim::SpotFleet& fleet, const ZoneNames& zones);

/// "fulfilled", "pending_fulfillment", "pending_termination".
std::string_view activity_of(const sim::SpotFleet& fleet);

/// <item>s of an activeInstanceSet: members from `first` on, up to `end`.
void write_active_instances(wire::XmlWriter& xml, const std::vector<const sim::Instance*>& running,
                            std::size_t first, std::size_t end);

/// The fleet's members that run.
std::vector<const sim::Instance*> running_members(const World& world, const Call& call,
                                                  const sim::SpotFleet& fleet);

/// What it may launch, as <item>s of a launchTemplateConfigs; `price` names the highest price.
void write_template_configs(wire::XmlWriter& xml, const sim::FleetOrder& order,
                            const ZoneNames& zones, std::string_view price);

}  // namespace spotvane::lab
