#include "cli/commands/fleet.hpp"

#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr int kMostTarget = 10'000;  // AWS's own bound of a fleet
/// The role that AWS's console makes for Spot Fleets.
constexpr std::string_view kUsualRole = "aws-ec2-spot-fleet-tagging-role";

struct Connection {
  std::unique_ptr<Cloud> cloud;
  model::Region region;
};

/// AWS, in the region that the user's settings name.
Result<Connection> connect_to_region(Environment& environment) {
  auto cloud = environment.world.connect(cloud_options(environment.settings));
  if (!cloud) {
    return tl::unexpected(std::move(cloud.error()));
  }
  model::Region region{(*cloud)->access().region};
  return Connection{*std::move(cloud), std::move(region)};
}

Result<void> check_fleet_id(const std::string& id) {
  if (id.starts_with("sfr-") || id.starts_with("fleet-")) {
    return {};
  }
  return tl::unexpected(Error{ErrorKind::InvalidInput, fmt::format("'{}' is no fleet's ID", id),
                              "that of a Spot Fleet begins with 'sfr-', of an EC2 Fleet with "
                              "'fleet-'; `spotvane fleet show` lists them"});
}

Result<SpotFleet> ask_fleet(World& world, const Connection& to, const std::string& id) {
  return await_answer<SpotFleet>(world, [&](On<SpotFleet> on) {
    to.cloud->guard_services().fleets.describe_fleet(to.region, id, std::move(on));
  });
}

/// A fleet that there is, and the way to it.
struct ReachedFleet {
  Connection to;
  SpotFleet fleet;
};

Result<ReachedFleet> reach_fleet(Environment& environment, const std::string& id) {
  const auto checked = check_fleet_id(id);
  auto to = connect_to_region(environment);
  if (!checked || !to) {
    return tl::unexpected(!checked ? checked.error() : to.error());
  }
  auto fleet = ask_fleet(environment.world, *to, id);
  if (!fleet) {
    return tl::unexpected(std::move(fleet.error()));
  }
  return ReachedFleet{*std::move(to), *std::move(fleet)};
}

Value text_or_absent(const std::string& text) {
  return text.empty() ? Value{} : Value{text};
}

std::vector<std::pair<std::string, Value>> facts_of(const SpotFleet& fleet) {
  return {{"id", fleet.id},
          {"state", text_or_absent(fleet.state)},
          {"activity", text_or_absent(fleet.activity)},
          {"type", text_or_absent(fleet.type)},
          {"strategy", text_or_absent(fleet.strategy)},
          {"target", fleet.target},
          {"on_demand", fleet.on_demand},
          {"fulfilled", fleet.fulfilled},
          {"lacking", std::max(0.0, fleet.target - fleet.fulfilled)},
          {"created", fleet.created ? Value{*fleet.created} : Value{}}};
}

Table fleet_list(const std::vector<SpotFleet>& fleets) {
  Table table{.name = "fleets", .columns = {}};
  for (const auto& [name, value] : facts_of({.id = {}})) {
    table.columns.push_back({.name = name, .places = 1});
  }
  table.columns.push_back({"pools"});
  for (const auto& fleet : fleets) {
    std::vector<Value> row;
    for (auto& [name, value] : facts_of(fleet)) {
      row.push_back(std::move(value));
    }
    row.push_back(whole(fleet.pools.size()));
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// The pools that were looked at; what each unit of the target costs in them.
Table candidate_table(std::string name, const std::vector<FleetCandidate>& candidates) {
  Table table{.name = std::move(name),
              .columns = {{"instance_type"},
                          {"az_id"},
                          {"az_name"},
                          {"weight", 1},
                          {"spot_price"},
                          {"usd_per_unit", 5},
                          {"availability"},
                          {"why"}}};
  for (const auto& one : candidates) {
    table.rows.push_back(
        {one.pool.type.text(), text_or_absent(one.zone.text()),
         text_or_absent(one.pool.zone.text()), one.pool.weight, price(one.spot_price),
         one.spot_price ? Value{one.spot_price->dollars() / one.pool.weight} : Value{},
         one.availability ? Value{*one.availability} : Value{}, text_or_absent(one.why)});
  }
  return table;
}

/// What the whole target costs an hour where each pool gives the same share; absent where a price
/// is not known.
Value expected_cost(const std::vector<FleetCandidate>& chosen, double units) {
  double sum = 0.0;
  for (const auto& one : chosen) {
    if (!one.spot_price) {
      return {};
    }
    sum += one.spot_price->dollars() / one.pool.weight;
  }
  return chosen.empty() ? Value{} : Value{units * sum / static_cast<double>(chosen.size())};
}

Result<std::string> usual_role(World& world, Cloud& cloud) {
  return ask_identity(world, cloud).map([](const CallerIdentity& caller) {
    return fmt::format("arn:aws:iam::{}:role/{}", caller.account, kUsualRole);
  });
}

}  // namespace

void FleetCreate::declare(Flags& flags, Settings& settings) {
  flags.number("target", "N", "capacity to have, in --units", target_, 1, kMostTarget);
  flags.text("launch-template", "NAME|ID[:VERSION]",
             "what the instances are launched from: image, user data, profile", template_);
  flags.choice("units", {"vcpus", "instances"}, "what capacity is counted in", units_);
  flags.choice("kind", {"ec2-fleet", "spot-fleet"}, "which of AWS's two kinds", kind_);
  flags.choice("fleet-type", {"maintain", "request"},
               "replace what is lost, or ask once and leave it", type_);
  flags.choice("strategy",
               {"diversified", "price-capacity-optimized", "capacity-optimized", "lowest-price"},
               "how AWS takes from the pools", strategy_);
  flags.number("on-demand", "N", "of the target, from on-demand servers", on_demand_, 0,
               kMostTarget);
  flags.text("role", "ARN", "what a Spot Fleet acts by (default: the one AWS's console makes)",
             role_);
  flags.text("region", "REGION", "where", settings.aws_region);
  flags.toggle("dry-run", "show the choice, create nothing", is_dry_run_);
  flags.group("Pools");
  flags.texts("pool", "TYPE[@ZONE][=WEIGHT]", "these pools, in place of a choice", wish_.named);
  flags.number("pools", "N", "choose so many", pools_, 1, 300);
  flags.number("of-type", "N", "at most so many of one type", of_type_, 1, 300);
  flags.choice("arch", {"x86_64", "arm64"}, "which the template's image is for",
               wish_.architecture);
  auto& asked = wish_.question;
  flags.text("type", "RE", "types whose name this regular expression finds", asked.type);
  flags.number("min-vcpu", "N", "at least so many vCPUs", asked.min_vcpus, 1, 1'000'000);
  flags.number("max-vcpu", "N", "at most so many vCPUs", asked.max_vcpus, 1, 1'000'000);
  flags.real("min-memory", "GIB", "at least so much memory", asked.min_memory_gib, 0, 1e9);
  flags.real("max-memory", "GIB", "at most so much memory", asked.max_memory_gib, 0, 1e9);
  flags.real("max-price", "USD", "at most this spot price an hour", max_price_, 0, 1e9);
  flags.number("max-band", "BAND", "at most this interruption band: 0 (<5%) to 4 (>20%)",
               asked.max_band, 0, 4);
  flags.real("min-availability", "X", "at least this availability, 0 to 1", asked.min_availability,
             0, 1);
}

Result<FleetOrder> FleetCreate::order(Environment& environment, Cloud& cloud,
                                      const FleetChoice& choice) const {
  const auto colon = template_.find(':');
  FleetOrder order{.region = wish_.region,
                   .kind = kind_ == "spot-fleet" ? FleetKind::SpotFleet : FleetKind::Ec2Fleet,
                   .token = fmt::format("spotvane-{:016x}", environment.world.entropy()),
                   .launch_template = template_.substr(0, colon),
                   .version = colon == std::string::npos ? "" : template_.substr(colon + 1),
                   .pools = {},
                   .target = *target_,
                   .on_demand = on_demand_,
                   .strategy = strategy_,
                   .maintains = type_ == "maintain",
                   .tags = {{"spotvane", "fleet"}}};
  for (const auto& one : choice.chosen) {
    order.pools.push_back(one.pool);
  }
  if (order.kind == FleetKind::SpotFleet) {
    auto role = role_ ? Result<std::string>{*role_} : usual_role(environment.world, cloud);
    if (!role) {
      return tl::unexpected(std::move(role.error()).during("name the fleet's role"));
    }
    order.role = *std::move(role);
  }
  return order;
}

Document FleetCreate::report(const FleetOrder& order, const FleetChoice& choice,
                             const std::optional<std::string>& id) const {
  return {.facts = {{"id", id ? Value{*id} : Value{}},
                    {"kind", kind_},
                    {"region", order.region.text()},
                    {"target", static_cast<std::int64_t>(order.target)},
                    {"units", units_},
                    {"on_demand", static_cast<std::int64_t>(order.on_demand)},
                    {"type", type_},
                    {"strategy", order.strategy},
                    {"launch_template", template_},
                    {"chosen_by", choice.as_of ? Value{*choice.as_of} : Value{}},
                    {"expected_usd_per_hour",
                     expected_cost(choice.chosen, order.target - order.on_demand)}},
          .tables = {candidate_table("pools", choice.chosen),
                     candidate_table("passed_over", choice.passed_over)}};
}

Result<ExitCode> FleetCreate::run(Environment& environment) {
  if (!target_ || template_.empty() || on_demand_ > target_.value_or(0)) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              "a fleet needs '--target', '--launch-template', and no more '--on-demand' than that",
              "see `spotvane fleet create --help`"});
  }
  const auto to = connect_to_region(environment);
  if (!to) {
    return tl::unexpected(to.error());
  }
  wish_.region = to->region;
  wish_.unit = units_ == "vcpus" ? FleetUnit::Vcpus : FleetUnit::Instances;
  wish_.spread.pools = static_cast<std::size_t>(pools_);
  wish_.spread.of_type = static_cast<std::size_t>(of_type_);
  if (max_price_) {
    wish_.question.max_price = Money::from_dollars(*max_price_);
  }
  const auto choice = choose_fleet_pools(environment, *to->cloud, wish_);
  if (!choice) {
    return tl::unexpected(choice.error());
  }
  const auto wanted = order(environment, *to->cloud, *choice);
  if (!wanted) {
    return tl::unexpected(wanted.error());
  }
  std::optional<std::string> id;
  if (!is_dry_run_) {
    auto made = await_answer<std::string>(environment.world, [&](On<std::string> on) {
      to->cloud->fleet_orders().create_fleet(*wanted, std::move(on));
    });
    if (!made) {
      return tl::unexpected(std::move(made.error()).during("create the fleet"));
    }
    id = *std::move(made);
  }
  environment.show(report(*wanted, *choice, id));
  environment.console.say(
      id ? fmt::format("created; watch it by `spotvane fleet show {0}`, guard it by a [[fleet]] of "
                       "id \"{0}\" in the controller's rules",
                       *id)
         : std::string{"dry run: nothing was created"});
  return ExitCode::Done;
}

void FleetShow::declare(Flags& flags, Settings& settings) {
  flags.positional("ID", "of one fleet; all of the region where none is named", id_);
  flags.text("region", "REGION", "where", settings.aws_region);
}

Result<ExitCode> FleetShow::run(Environment& environment) {
  const auto to = connect_to_region(environment);
  if (!to) {
    return tl::unexpected(to.error());
  }
  if (!id_) {
    const auto fleets =
        await_answer<std::vector<SpotFleet>>(environment.world, [&](On<std::vector<SpotFleet>> on) {
          to->cloud->fleet_orders().list_fleets(to->region, std::move(on));
        });
    if (!fleets) {
      return tl::unexpected(fleets.error());
    }
    environment.show({.tables = {fleet_list(*fleets)}});
    return ExitCode::Done;
  }
  const auto fleet =
      check_fleet_id(*id_).and_then([&] { return ask_fleet(environment.world, *to, *id_); });
  if (!fleet) {
    return tl::unexpected(fleet.error());
  }
  const auto instances = await_answer<std::vector<FleetInstance>>(
      environment.world, [&](On<std::vector<FleetInstance>> on) {
        to->cloud->guard_services().fleets.fleet_instances(to->region, *id_, std::move(on));
      });
  if (!instances) {
    return tl::unexpected(instances.error());
  }
  Table pools{.name = "pools", .columns = {{"instance_type"}, {"az_name"}, {"weight", 1}}};
  for (const auto& one : fleet->pools) {
    pools.rows.push_back({one.type.text(), text_or_absent(one.zone.text()), one.weight});
  }
  Table running{.name = "instances", .columns = {{"instance"}, {"instance_type"}, {"weight", 1}}};
  for (const auto& one : *instances) {
    const auto weight = fleet->weights.find(one.type);
    running.rows.push_back(
        {one.id, one.type, weight != fleet->weights.end() ? weight->second : 1.0});
  }
  environment.show({.facts = facts_of(*fleet), .tables = {std::move(running), std::move(pools)}});
  return ExitCode::Done;
}

void FleetScale::declare(Flags& flags, Settings& settings) {
  flags.positional("ID", "of the fleet", id_);
  flags.number("target", "N", "capacity to have, in the fleet's own units", target_, 0,
               kMostTarget);
  flags.number("on-demand", "N", "of it, from on-demand servers (default: as it was)", on_demand_,
               0, kMostTarget);
  flags.toggle("keep-excess", "end no instance where the target falls", keeps_excess_);
  flags.text("region", "REGION", "where", settings.aws_region);
  flags.toggle("dry-run", "show what would change, change nothing", is_dry_run_);
}

Result<ExitCode> FleetScale::run(Environment& environment) {
  if (!target_) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, "no '--target' is named",
                                "see `spotvane fleet scale --help`"});
  }
  const auto reached = reach_fleet(environment, id_);
  if (!reached) {
    return tl::unexpected(reached.error());
  }
  const auto& [to, fleet] = *reached;
  if (!is_dry_run_) {
    auto done = await_answer<void>(environment.world, [&](On<void> on) {
      to.cloud->guard_services().fleets.scale_fleet(
          {to.region, id_, *target_, on_demand_, keeps_excess_}, std::move(on));
    });
    if (!done) {
      return tl::unexpected(std::move(done.error()).during("scale the fleet"));
    }
  }
  environment.show({.facts = {{"id", id_},
                              {"target_before", fleet.target},
                              {"target", static_cast<std::int64_t>(*target_)},
                              {"fulfilled", fleet.fulfilled},
                              {"scaled", !is_dry_run_}}});
  return ExitCode::Done;
}

void FleetCancel::declare(Flags& flags, Settings& settings) {
  flags.positional("ID", "of the fleet", id_);
  flags.toggle("keep-instances", "leave them running; nothing replaces them any more",
               keeps_instances_);
  flags.text("region", "REGION", "where", settings.aws_region);
  flags.toggle("dry-run", "show what would end, end nothing", is_dry_run_);
}

Result<ExitCode> FleetCancel::run(Environment& environment) {
  const auto reached = reach_fleet(environment, id_);
  if (!reached) {
    return tl::unexpected(reached.error());
  }
  const auto& [to, fleet] = *reached;
  if (!is_dry_run_) {
    auto done = await_answer<void>(environment.world, [&](On<void> on) {
      to.cloud->fleet_orders().cancel_fleet(to.region, id_, !keeps_instances_, std::move(on));
    });
    if (!done) {
      return tl::unexpected(std::move(done.error()).during("cancel the fleet"));
    }
  }
  environment.show({.facts = {{"id", id_},
                              {"state_before", text_or_absent(fleet.state)},
                              {"fulfilled", fleet.fulfilled},
                              {"ends_instances", !keeps_instances_},
                              {"cancelled", !is_dry_run_}}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
