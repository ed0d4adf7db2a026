#pragma once

#include "lab/launch_form.hpp"
#include "wire/xml.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

// What instances and requests look like in answers, and in the filters of those who ask for them.

void write_tags(wire::XmlWriter& xml, const sim::Tags& tags);
void write_next_token(wire::XmlWriter& xml, const std::string& next_token);

/// "tag:KEY", "tag-key", "tag-value".
bool is_tag_filter(std::string_view filter);
std::vector<std::string> tag_values(std::string_view filter, const sim::Tags& tags);

/// An <item> of a spotInstanceRequestSet.
void write_request(wire::XmlWriter& xml, const sim::SpotRequest& request, const ZoneNames& zones,
                   TimePoint as_of);

/// The call's InstanceIds. Refuses malformed ones.
Answered<std::vector<std::string>> instance_ids(const Call& call);

/// A reservation's members up to its instances: its and the instancesSet are left open.
void open_reservation(wire::XmlWriter& xml, const sim::Instance& instance);

/// An <item> of an instancesSet.
void write_instance(wire::XmlWriter& xml, const World& world, const sim::Instance& instance,
                    const ZoneNames& zones, TimePoint as_of);

/// An element with EC2's code and name of the state.
void write_state(wire::XmlWriter& xml, std::string_view element, sim::InstanceState state);

/// An instance's address in the default VPC.
std::string private_address(const sim::Instance& instance);

}  // namespace spotvane::lab
