#pragma once

#include "adapters/aws/ec2_rows.hpp"
#include "model/launch.hpp"

namespace spotvane::adapters {

// As in ec2_rows.hpp, of what was launched. A reservation holds several instances.

void read_row(wire::XmlNode item, Rows<model::SpotRequest>& rows);
void read_row(wire::XmlNode item, Rows<model::InstanceChecks>& rows);
void read_row(wire::XmlNode item, Rows<model::Fleet>& rows);
void read_row(wire::XmlNode item, Rows<model::LaunchTemplate>& rows);
void read_row(wire::XmlNode item, Rows<model::Image>& rows);

/// An <item> of DescribeInstances, a reservation, or of RunInstances, an instance.
void read_row(wire::XmlNode item, Rows<model::Instance>& rows);

/// CreateFleet's answer. Fails with `Corrupt` where it is none.
Result<model::Fleet> read_fleet(std::string_view body);

/// CreateLaunchTemplate's answer. Fails with `Corrupt` where it is none.
Result<model::LaunchTemplate> read_launch_template(std::string_view body);

}  // namespace spotvane::adapters
