#include "adapters/aws/aws_instances.hpp"

#include "adapters/aws/ec2_list.hpp"
#include "adapters/aws/launch_rows.hpp"
#include "wire/base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::size_t kFilterValues = 200;  // in all filters of a call together
constexpr std::size_t kStatusIds = 100;
constexpr std::string_view kLongestPage = "1000";

std::vector<std::vector<std::string>> pieces(const std::vector<std::string>& all,
                                             std::size_t most) {
  std::vector<std::vector<std::string>> found;
  for (std::size_t begin = 0; begin < all.size(); begin += most) {
    const auto end = std::min(begin + most, all.size());
    found.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(begin),
                       all.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return found;
}

/// The calls that describe the selection: filters, since an ID that is not known (yet) fails the
/// whole call where it is named outright.
std::vector<wire::Form> calls_for(std::string_view action, const Selection& which,
                                  std::string_view id_filter) {
  auto call = ec2_call(action);
  call.add("MaxResults", kLongestPage);
  if (!which.statuses.empty()) {
    call.add_filter("status-code", which.statuses);
  }
  const bool has_ids = !which.ids.empty();
  if (!has_ids && which.tag_values.empty()) {
    if (!which.tag_key.empty()) {
      call.add_filter("tag-key", std::vector{which.tag_key});
    }
    return {call};
  }
  std::vector<wire::Form> calls;
  for (const auto& piece :
       pieces(has_ids ? which.ids : which.tag_values, kFilterValues - which.statuses.size())) {
    calls.push_back(call);
    calls.back().add_filter(has_ids ? std::string{id_filter} : "tag:" + which.tag_key, piece);
  }
  return calls;
}

void add_tags(wire::Form& form, const std::vector<model::Tag>& tags,
              std::initializer_list<std::string_view> resources) {
  int number = 0;
  for (const auto resource : resources) {
    const auto prefix = fmt::format("TagSpecification.{}", ++number);
    form.add(prefix + ".ResourceType", resource);
    for (std::size_t i = 0; i < tags.size(); ++i) {
      form.add(fmt::format("{}.Tag.{}.Key", prefix, i + 1), tags[i].key);
      form.add(fmt::format("{}.Tag.{}.Value", prefix, i + 1), tags[i].value);
    }
  }
}

void add_setup(wire::Form& form, const model::HostSetup& setup) {
  if (!setup.user_data.empty()) {
    form.add("UserData", wire::to_base64(setup.user_data));
    form.add("MetadataOptions.InstanceMetadataTags", "enabled");
  }
  if (!setup.key_name.empty()) {
    form.add("KeyName", setup.key_name);
  }
  form.add_list("SecurityGroupId", setup.security_groups);
  if (!setup.subnet.empty()) {
    form.add("SubnetId", setup.subnet);
  }
  if (!setup.instance_profile.empty()) {
    form.add("IamInstanceProfile.Name", setup.instance_profile);
  }
  if (setup.is_monitored) {
    form.add("Monitoring.Enabled", "true");
  }
  if (setup.volume) {
    const std::string disk = "BlockDeviceMapping.1.";
    form.add(disk + "DeviceName", "/dev/xvda");
    form.add(disk + "Ebs.VolumeSize", fmt::to_string(setup.volume->gb));
    form.add(disk + "Ebs.VolumeType", setup.volume->type);
    if (setup.volume->iops > 0) {
      form.add(disk + "Ebs.Iops", fmt::to_string(setup.volume->iops));
    }
    form.add(disk + "Ebs.DeleteOnTermination", "true");
  }
}

bool has_tag(const std::vector<model::Tag>& tags, const Selection& which) {
  return std::any_of(tags.begin(), tags.end(), [&](const model::Tag& tag) {
    return tag.key == which.tag_key &&
           (which.tag_values.empty() || std::find(which.tag_values.begin(), which.tag_values.end(),
                                                  tag.value) != which.tag_values.end());
  });
}

/// Takes those out that AWS says it does not know (yet): one of them spoils the call for all.
/// Whether it named any.
bool leave_out_unknown(std::vector<std::string>& ids, const Error& error) {
  return error.kind == ErrorKind::NotFound && std::erase_if(ids, [&](const std::string& id) {
                                                return error.message.find(id) != std::string::npos;
                                              }) > 0;
}

template <typename T>
On<std::string> reading(const On<T>& on_answer, Result<T> (*read)(std::string_view)) {
  return [on_answer, read](Result<std::string> body) {
    on_answer(body ? read(*body) : Result<T>{tl::unexpected(std::move(body).error())});
  };
}

}  // namespace

/// Several calls whose answers make one list, one call after the other.
template <typename T>
struct AwsInstances::Batches {
  std::string region;
  std::vector<wire::Form> forms;  // the last is the next
  std::string set;
  On<std::vector<T>> on_rows;
  std::vector<T> rows = {};
};

template <typename T>
void AwsInstances::list_next(const std::shared_ptr<Batches<T>>& batches) {
  if (batches->forms.empty()) {
    return batches->on_rows(std::move(batches->rows));
  }
  auto form = std::move(batches->forms.back());
  batches->forms.pop_back();
  list_rows<T>(client_, batches->region, std::move(form), batches->set,
               [this, batches](Result<std::vector<T>> rows) {
                 if (!rows) {
                   return batches->on_rows(tl::unexpected(std::move(rows).error()));
                 }
                 std::move(rows->begin(), rows->end(), std::back_inserter(batches->rows));
                 list_next(batches);
               });
}

template <typename T>
void AwsInstances::list_batches(const model::Region& region, std::vector<wire::Form> forms,
                                std::string set, On<std::vector<T>> on_rows) {
  list_next(std::make_shared<Batches<T>>(
      Batches<T>{region.text(), std::move(forms), std::move(set), std::move(on_rows)}));
}

void AwsInstances::act(const model::Region& region, const wire::Form& form, On<void> on_done) {
  client_.call(
      {wire::kEc2, region.text(), *form.find("Action"), form.encode()},
      [on_done = std::move(on_done)](Result<std::string> body) {
        on_done(body ? Result<void>{} : Result<void>{tl::unexpected(std::move(body).error())});
      });
}

void AwsInstances::request_spot_instances(model::LaunchOrder order,
                                          On<std::vector<model::SpotRequest>> on_requests) {
  auto form = ec2_call("RequestSpotInstances");
  if (order.max_price) {
    form.add("SpotPrice", to_text_six_places(*order.max_price));
  }
  form.add("InstanceCount", fmt::to_string(order.count));
  form.add("Type", "one-time");
  form.add("InstanceInterruptionBehavior", "terminate");
  form.add("ClientToken", order.token);
  form.add("ValidUntil",
           to_iso8601(TimePoint{std::chrono::ceil<std::chrono::seconds>(order.valid_until)}));
  form.add("LaunchSpecification.ImageId", order.image.text());
  form.add("LaunchSpecification.InstanceType", order.type.text());
  if (!order.zone.empty()) {
    form.add("LaunchSpecification.Placement.AvailabilityZone", order.zone.text());
  }
  add_tags(form, order.tags, {"spot-instances-request"});
  list_rows(client_, order.region.text(), std::move(form), "spotInstanceRequestSet",
            std::move(on_requests));
}

void AwsInstances::run_instances(model::LaunchOrder order,
                                 On<std::vector<model::Instance>> on_instances) {
  auto form = ec2_call("RunInstances");
  form.add("ImageId", order.image.text());
  form.add("InstanceType", order.type.text());
  form.add("MinCount", "1");
  form.add("MaxCount", fmt::to_string(order.count));
  form.add("ClientToken", order.token);
  if (!order.is_on_demand) {
    form.add("InstanceMarketOptions.MarketType", "spot");
    if (order.max_price) {
      form.add("InstanceMarketOptions.SpotOptions.MaxPrice", to_text_six_places(*order.max_price));
    }
    form.add("InstanceMarketOptions.SpotOptions.SpotInstanceType", "one-time");
    form.add("InstanceMarketOptions.SpotOptions.InstanceInterruptionBehavior", "terminate");
  }
  form.add("InstanceInitiatedShutdownBehavior", "terminate");
  form.add("MetadataOptions.HttpTokens", "required");
  if (!order.zone.empty()) {
    form.add("Placement.AvailabilityZone", order.zone.text());
  }
  add_setup(form, order.setup);
  if (order.is_on_demand) {
    add_tags(form, order.tags, {"instance", "volume"});
  } else {
    add_tags(form, order.tags, {"instance", "spot-instances-request", "volume"});
  }
  list_rows(client_, order.region.text(), std::move(form), "instancesSet", std::move(on_instances));
}

void AwsInstances::create_launch_template(model::LaunchOrder order,
                                          On<model::LaunchTemplate> on_template) {
  auto form = ec2_call("CreateLaunchTemplate");
  form.add("LaunchTemplateName", order.token);
  form.add("ClientToken", order.token);
  form.add("LaunchTemplateData.ImageId", order.image.text());
  form.add("LaunchTemplateData.InstanceType", order.type.text());
  form.add("LaunchTemplateData.InstanceInitiatedShutdownBehavior", "terminate");
  form.add("LaunchTemplateData.MetadataOptions.HttpTokens", "required");
  add_tags(form, order.tags, {"launch-template"});
  client_.call({wire::kEc2, order.region.text(), "CreateLaunchTemplate", form.encode()},
               reading(on_template, &read_launch_template));
}

void AwsInstances::create_fleet(model::LaunchOrder order, model::LaunchTemplateId from,
                                On<model::Fleet> on_fleet) {
  auto form = ec2_call("CreateFleet");
  const auto count = fmt::to_string(order.count);
  form.add("Type", "instant");
  form.add("ClientToken", order.token);
  form.add("SpotOptions.AllocationStrategy", "price-capacity-optimized");
  form.add("SpotOptions.InstanceInterruptionBehavior", "terminate");
  form.add("TargetCapacitySpecification.TotalTargetCapacity", count);
  form.add("TargetCapacitySpecification.SpotTargetCapacity", count);
  form.add("TargetCapacitySpecification.DefaultTargetCapacityType", "spot");
  const std::string config = "LaunchTemplateConfigs.1.";
  form.add(config + "LaunchTemplateSpecification.LaunchTemplateId", from.text());
  form.add(config + "LaunchTemplateSpecification.Version", "1");
  form.add(config + "Overrides.1.InstanceType", order.type.text());
  if (!order.zone.empty()) {
    form.add(config + "Overrides.1.AvailabilityZone", order.zone.text());
  }
  if (order.max_price) {
    form.add(config + "Overrides.1.MaxPrice", to_text_six_places(*order.max_price));
  }
  add_tags(form, order.tags, {"fleet", "instance", "volume"});
  client_.call({wire::kEc2, order.region.text(), "CreateFleet", form.encode()},
               reading(on_fleet, &read_fleet));
}

void AwsInstances::describe_spot_requests(model::Region region, Selection which,
                                          On<std::vector<model::SpotRequest>> on_requests) {
  list_batches(region, calls_for("DescribeSpotInstanceRequests", which, "spot-instance-request-id"),
               "spotInstanceRequestSet", std::move(on_requests));
}

void AwsInstances::describe_instances(model::Region region, Selection which,
                                      On<std::vector<model::Instance>> on_instances) {
  list_batches(region, calls_for("DescribeInstances", which, "instance-id"), "reservationSet",
               std::move(on_instances));
}

/// Of instances that must be named outright: there is no filter by ID.
struct AwsInstances::Checks {
  std::string region;
  std::vector<std::vector<std::string>> pieces;  // the last is the next
  On<std::vector<model::InstanceChecks>> on_checks;
  std::vector<model::InstanceChecks> rows = {};
};

void AwsInstances::list_next_checks(const std::shared_ptr<Checks>& checks) {
  while (!checks->pieces.empty() && checks->pieces.back().empty()) {
    checks->pieces.pop_back();
  }
  if (checks->pieces.empty()) {
    return checks->on_checks(std::move(checks->rows));
  }
  auto form = ec2_call("DescribeInstanceStatus");
  form.add_list("InstanceId", checks->pieces.back());
  list_rows<model::InstanceChecks>(
      client_, checks->region, std::move(form), "instanceStatusSet",
      [this, checks](Result<std::vector<model::InstanceChecks>> rows) {
        if (rows) {
          std::move(rows->begin(), rows->end(), std::back_inserter(checks->rows));
          checks->pieces.back().clear();
        } else if (!leave_out_unknown(checks->pieces.back(), rows.error())) {
          return checks->on_checks(tl::unexpected(std::move(rows).error()));
        }
        list_next_checks(checks);
      });
}

void AwsInstances::describe_instance_status(model::Region region,
                                            std::vector<model::InstanceId> instances,
                                            On<std::vector<model::InstanceChecks>> on_checks) {
  list_next_checks(std::make_shared<Checks>(
      Checks{region.text(), pieces(texts(instances), kStatusIds), std::move(on_checks)}));
}

void AwsInstances::describe_fleets(model::Region region, Selection which,
                                   On<std::vector<model::Fleet>> on_fleets) {
  auto form = ec2_call("DescribeFleets");
  form.add_list("FleetId", which.ids);
  // There is no filter by tag.
  list_rows<model::Fleet>(client_, region.text(), std::move(form), "fleetSet",
                          [which, on_fleets](Result<std::vector<model::Fleet>> fleets) {
                            if (fleets && which.ids.empty()) {
                              std::erase_if(*fleets, [&](const model::Fleet& fleet) {
                                return !has_tag(fleet.tags, which);
                              });
                            }
                            on_fleets(std::move(fleets));
                          });
}

void AwsInstances::describe_launch_templates(model::Region region, Selection which,
                                             On<std::vector<model::LaunchTemplate>> on_templates) {
  auto forms = calls_for("DescribeLaunchTemplates", which, "launch-template-id");
  for (auto& form : forms) {
    // This one takes shorter pages than the others.
    auto shorter = ec2_call("DescribeLaunchTemplates");
    for (const auto& filter : form.filters()) {
      shorter.add_filter(filter.name, filter.values);
    }
    form = std::move(shorter);
  }
  list_batches(region, std::move(forms), "launchTemplates", std::move(on_templates));
}

void AwsInstances::cancel_spot_requests(model::Region region,
                                        std::vector<model::SpotRequestId> requests,
                                        On<void> on_done) {
  auto form = ec2_call("CancelSpotInstanceRequests");
  form.add_list("SpotInstanceRequestId", texts(requests));
  act(region, form, std::move(on_done));
}

void AwsInstances::terminate_instances(model::Region region,
                                       std::vector<model::InstanceId> instances, On<void> on_done) {
  auto form = ec2_call("TerminateInstances");
  form.add_list("InstanceId", texts(instances));
  act(region, form, std::move(on_done));
}

void AwsInstances::delete_fleets(model::Region region, std::vector<model::FleetId> fleets,
                                 On<void> on_done) {
  auto form = ec2_call("DeleteFleets");
  form.add_list("FleetId", texts(fleets));
  form.add("TerminateInstances", "true");  // an instant fleet takes no other word
  act(region, form, std::move(on_done));
}

void AwsInstances::delete_launch_template(model::Region region, model::LaunchTemplateId which,
                                          On<void> on_done) {
  auto form = ec2_call("DeleteLaunchTemplate");
  form.add("LaunchTemplateId", which.text());
  act(region, form, std::move(on_done));
}

void AwsInstances::create_tags(model::Region region, std::vector<std::string> resources,
                               std::vector<model::Tag> tags, On<void> on_done) {
  auto form = ec2_call("CreateTags");
  form.add_list("ResourceId", resources);
  for (std::size_t i = 0; i < tags.size(); ++i) {
    form.add(fmt::format("Tag.{}.Key", i + 1), tags[i].key);
    form.add(fmt::format("Tag.{}.Value", i + 1), tags[i].value);
  }
  act(region, form, std::move(on_done));
}

}  // namespace spotvane::adapters
