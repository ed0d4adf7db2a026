#include "sim/instance_market.hpp"

#include "base/random.hpp"
#include "sim/launch_times.hpp"
#include "support/moments.hpp"
#include "support/seeds.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace spotvane::sim {

namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const model::Region kHome{"us-east-1"};
const Owner kMe{"123456789012", kHome};
const model::InstanceType kLarge{"m5.large"};
const model::InstanceType kHuge{"p5.48xlarge"};
const model::InstanceType kOld{"m4.large"};

/// A region of three zones and three types: a common one, a rare one, and one from before Nitro.
std::shared_ptr<model::Catalog> one_region() {
  auto made = std::make_shared<model::Catalog>();
  made->regions = {{kHome}};
  for (int zone = 1; zone <= 3; ++zone) {
    made->zones.push_back({kHome, model::ZoneId{fmt::format("use1-az{}", zone)},
                           model::ZoneName{fmt::format("us-east-1{}", zone)}});
  }
  made->types = {{.type = kLarge, .vcpus = 2, .memory_mib = 8192},
                 {.type = kHuge, .vcpus = 192, .memory_mib = 2'097'152, .gpus = 8},
                 {.type = kOld, .vcpus = 2, .memory_mib = 8192}};
  for (const auto& facts : made->types) {
    for (const auto& zone : made->zones) {
      made->offerings.push_back({facts.type, zone.id});
    }
    made->on_demand_prices.push_back({facts.type, kHome, Money::from_dollars(0.05 * facts.vcpus)});
    made->advisor.push_back({facts.type, kHome, "Linux", 1, 60});
  }
  return made;
}

/// A market of which it is known that what is new shows at once.
struct World {
  SpotMarket spot;
  InstanceMarket market;

  explicit World(std::uint64_t seed = 1) : spot{one_region(), seed}, market{spot, seed} {
    market.advance(kMarketStart);
    MarketConditions calm;
    calm.visible_within = 0s;
    market.set_conditions(calm);
  }

  TimePoint pass(Duration span) {
    market.advance(market.now() + span);
    return market.now();
  }

  const SpotRequest& request(SpotOrder order = {.owner = kMe, .spec = {.type = kLarge}}) {
    return *market.request_spot(order).value().front();
  }

  std::string code(const SpotRequest& request) const { return status(request, market.now()).code; }
};

TEST(InstanceMarket, FulfilsARequestWithAnInstanceThatGetsReady) {
  World world;
  const auto& request = world.request();
  EXPECT_EQ(world.code(request), "pending-evaluation");

  world.pass(2min);
  ASSERT_EQ(world.code(request), "fulfilled");
  const auto* instance = world.market.find_instance(kMe, request.instance_id, world.market.now());
  ASSERT_NE(instance, nullptr);
  EXPECT_EQ(instance->spot_request_id, request.id);
  EXPECT_THAT(instance->tags, IsEmpty());
  EXPECT_EQ(state(*instance, instance->launched_at), InstanceState::Pending);
  EXPECT_EQ(instance_check(*instance, instance->running_at), CheckState::Initializing);
  EXPECT_LT(instance->running_at, instance->system_ok_at);
  EXPECT_GE(ready_at(*instance) - instance->running_at, 1min);
  EXPECT_EQ(instance_check(*instance, ready_at(*instance)), CheckState::Ok);
}

TEST(InstanceMarket, ReportsTheEbsCheckOfNitroTypesOnly) {
  World world;
  const auto run = [&](const model::InstanceType& type) {
    return world.market.run({.owner = kMe, .spec = {.type = type}}).value().front();
  };
  EXPECT_TRUE(run(kLarge)->ebs_ok_at.has_value());
  EXPECT_FALSE(run(kOld)->ebs_ok_at.has_value());
}

TEST(InstanceMarket, SaysTheSameToARepeatedTokenAndRefusesOtherParameters) {
  World world;
  RunOrder order{.owner = kMe, .spec = {.type = kLarge}, .most = 3, .token = {"a", "three"}};
  const auto first = world.market.run(order).value();
  world.pass(1min);
  EXPECT_EQ(world.market.run(order).value(), first);
  order.token.parameters = "four";
  EXPECT_EQ(world.market.run(order).error().code, "IdempotentParameterMismatch");
  order.token = {"b", "four"};
  EXPECT_NE(world.market.run(order).value(), first);
}

TEST(InstanceMarket, CancelsButLeavesInstancesRunning) {
  World world;
  const auto& request = world.request();
  world.pass(2min);
  const std::vector<std::string> ids{request.id};
  ASSERT_TRUE(world.market.cancel_spot(kMe, ids));
  EXPECT_EQ(world.code(request), "request-canceled-and-instance-running");
  const auto& instance = world.market.every_instance().front();
  EXPECT_EQ(state(instance, world.pass(1min)), InstanceState::Running);

  ASSERT_TRUE(world.market.terminate(kMe, std::vector{instance.id}));
  EXPECT_EQ(world.code(request), "instance-terminated-by-user");
  EXPECT_EQ(state(instance, world.pass(5min)), InstanceState::Terminated);
}

TEST(InstanceMarket, FulfilsWhatWasCancelledAMomentTooLate) {
  World world;
  const auto& request = world.request();
  while (world.code(request) != "pending-fulfillment") {
    world.pass(100ms);
  }
  ASSERT_TRUE(world.market.cancel_spot(kMe, std::vector{request.id}));
  EXPECT_EQ(world.code(request), "canceled-before-fulfillment");
  world.pass(5min);
  EXPECT_EQ(world.code(request), "request-canceled-and-instance-running");
  EXPECT_THAT(world.market.instances(kMe, world.market.now()), SizeIs(1));
}

TEST(InstanceMarket, FulfilsCancelledRequestsWhereThatIsWanted) {
  World world;
  auto conditions = world.market.conditions();
  conditions.late_fulfilment = 1.0;
  world.market.set_conditions(conditions);
  const auto& request = world.request();
  ASSERT_TRUE(world.market.cancel_spot(kMe, std::vector{request.id}));
  EXPECT_THAT(world.market.every_instance(), IsEmpty());
  world.pass(30s);
  EXPECT_EQ(world.code(request), "request-canceled-and-instance-running");
  EXPECT_EQ(world.market.audit().accounts().at(kMe.account).live.instances, 1);
}

TEST(InstanceMarket, WaitsForThePriceAndRunsOut) {
  World world;
  const auto& request = world.request({.owner = kMe,
                                       .spec = {.type = kLarge},
                                       .max_price = Money::from_micros(1),
                                       .valid_until = kMarketStart + 10min});
  world.pass(1min);
  EXPECT_EQ(world.code(request), "price-too-low");
  world.pass(10min);
  EXPECT_EQ(world.code(request), "schedule-expired");
}

TEST(InstanceMarket, RefusesMoreThanTheAccountMayHold) {
  World world;
  auto conditions = world.market.conditions();
  conditions.spot_vcpus = 6;
  conditions.on_demand_vcpus = 2;
  world.market.set_conditions(conditions);
  SpotOrder order{.owner = kMe, .spec = {.type = kLarge}, .count = 4};
  EXPECT_EQ(world.market.request_spot(order).error().code, "MaxSpotInstanceCountExceeded");
  order.count = 3;
  ASSERT_TRUE(world.market.request_spot(order));
  EXPECT_EQ(
      world.market.run({.owner = kMe, .spec = {.type = kLarge}, .is_spot = true}).error().code,
      "MaxSpotInstanceCountExceeded");
  EXPECT_EQ(world.market.run({.owner = kMe, .spec = {.type = kLarge}, .least = 2, .most = 2})
                .error()
                .code,
            "VcpuLimitExceeded");
}

TEST(InstanceMarket, GivesTwoMinutesNoticeAndThenTakesTheInstance) {
  World world;
  const auto& request = world.request();
  world.pass(5min);
  const auto& instance = world.market.every_instance().front();
  ASSERT_TRUE(world.market.interrupt(instance.id));
  EXPECT_FALSE(world.market.interrupt(instance.id));
  const auto at = world.market.now();
  world.pass(119s);
  EXPECT_EQ(state(instance, world.market.now()), InstanceState::Running);
  world.pass(1s);
  EXPECT_EQ(instance.shutdown_at - at, 2min);
  EXPECT_EQ(instance.reason.code, "Server.SpotInstanceTermination");
  EXPECT_EQ(status(request, world.market.now()).state, RequestState::Closed);
  EXPECT_EQ(world.code(request), "instance-terminated-no-capacity");
}

TEST(InstanceMarket, TakesBackWhatIsOverItsCapacity) {
  World world;
  ASSERT_TRUE(
      world.market.run({.owner = kMe, .spec = {.type = kLarge}, .most = 3, .is_spot = true}));
  world.pass(5min);
  auto conditions = world.market.conditions();
  conditions.capacity_factor = 0.0;
  world.market.set_conditions(conditions);
  EXPECT_EQ(
      world.market.run({.owner = kMe, .spec = {.type = kLarge}, .is_spot = true}).error().code,
      "InsufficientInstanceCapacity");
  world.pass(10min);
  for (const auto& instance : world.market.every_instance()) {
    EXPECT_EQ(state(instance, world.market.now()), InstanceState::Terminated);
  }
}

TEST(InstanceMarket, LaunchesFleetsInPartAndSaysWhatFailed) {
  World world;
  FleetOrder order{.owner = kMe,
                   .candidates = {{.spec = {.type = kLarge, .zone = model::ZoneId{"use1-az1"}}},
                                  {.spec = {.type = kHuge, .zone = model::ZoneId{"use1-az1"}},
                                   .max_price = Money::from_micros(1)}},
                   .spot_target = 100'000,
                   .token = {"f", ""},
                   .fleet_tags = {{"probe", "1"}},
                   .instance_tags = {{"probe", "1"}}};
  const auto outcome = world.market.create_fleet(order).value();
  ASSERT_THAT(outcome.launches, SizeIs(1));
  EXPECT_FALSE(outcome.launches[0].instance_ids.empty());
  std::set<std::string> codes;
  for (const auto& shortfall : outcome.shortfalls) {
    codes.insert(shortfall.why.code);
  }
  EXPECT_TRUE(codes.contains("SpotMaxPriceTooLow"));
  EXPECT_EQ(world.market.create_fleet(order).value().fleet_id, outcome.fleet_id);
  EXPECT_EQ(world.market.every_instance().size(), outcome.launches[0].instance_ids.size());
  EXPECT_EQ(world.market.every_instance().front().tags.at("aws:ec2:fleet-id"), outcome.fleet_id);
}

TEST(InstanceMarket, LaunchesNoFleetBelowItsLeast) {
  World world;
  const auto outcome = world.market
                           .create_fleet({.owner = kMe,
                                          .candidates = {{.spec = {.type = kLarge}}},
                                          .spot_target = 1'000'000,
                                          .least_spot = 1'000'000})
                           .value();
  EXPECT_THAT(outcome.launches, IsEmpty());
  EXPECT_THAT(outcome.shortfalls, SizeIs(1));
}

TEST(InstanceMarket, ShowsNothingOfWhatIsNewToSome) {
  World world;
  auto conditions = world.market.conditions();
  conditions.visible_within = 10s;
  world.market.set_conditions(conditions);
  const auto made = world.market.run({.owner = kMe, .spec = {.type = kLarge}}).value().front();
  EXPECT_GT(made->visible_at, world.market.now());
  EXPECT_THAT(world.market.instances(kMe, world.market.now()), IsEmpty());
  EXPECT_EQ(world.market.terminate(kMe, std::vector{made->id}).error().code,
            "InvalidInstanceID.NotFound");
  world.pass(10s);
  EXPECT_THAT(world.market.instances(kMe, world.market.now()), SizeIs(1));
  EXPECT_THAT(world.market.instances({"210987654321", kHome}, world.market.now()), IsEmpty());
}

TEST(InstanceMarket, BillsByTheSecondAndAMinuteAtLeast) {
  World world;
  const auto* made = world.market.run({.owner = kMe, .spec = {.type = kLarge}}).value().front();
  EXPECT_EQ(world.market.cost(*made, made->running_at), Money{});
  const auto minute = Money::from_dollars(0.1 / 60);
  EXPECT_EQ(world.market.cost(*made, made->running_at + 1s), minute);
  EXPECT_EQ(world.market.cost(*made, made->running_at + 1min), minute);
  EXPECT_EQ(world.market.cost(*made, made->running_at + 90min), Money::from_dollars(0.15));
}

TEST(InstanceMarket, BillsEachDayWhatRanInIt) {
  World world;
  world.pass(23h + 30min);
  const auto* made = world.market.run({.owner = kMe, .spec = {.type = kLarge}}).value().front();
  const auto by_day = world.market.cost_by_day(*made, made->running_at + 48h);
  ASSERT_THAT(by_day, SizeIs(3));
  const auto first = std::chrono::floor<std::chrono::days>(made->running_at);
  EXPECT_EQ(by_day.at(first + std::chrono::days{1}), Money::from_dollars(2.4));
  const auto whole = world.market.cost(*made, made->running_at + 48h);
  EXPECT_NEAR(whole.dollars(), 4.8, 1e-5);
}

TEST(InstanceMarket, LivesThroughAJumpOfAHundredYears) {
  World world;
  world.request();
  world.request({.owner = kMe,
                 .spec = {.type = kLarge},
                 .max_price = Money::from_micros(1),
                 .valid_until = kMarketStart + 365 * 24h * 99});
  ASSERT_TRUE(world.market.run({.owner = kMe, .spec = {.type = kLarge}, .is_spot = true}));
  world.pass(365 * 24h * 100);
  EXPECT_THAT(world.market.spot_requests(kMe, world.market.now()), IsEmpty());
}

TEST(InstanceMarket, LaunchesSlowerWhereItIsScarce) {
  EXPECT_EQ(launch_strain(100.0), 1.0);
  EXPECT_GT(launch_strain(1.0), launch_strain(3.0));
  EXPECT_GT(launch_strain(3.0), 1.0);
}

TEST(LaunchTimes, AreThoseOfRealLaunches) {
  const model::InstanceTypeFacts virtual_machine{.type = kLarge};
  const model::InstanceTypeFacts metal{.type = model::InstanceType{"m5.metal"},
                                       .is_bare_metal = true};
  const auto quantiles = [](const model::InstanceTypeFacts& type) {
    constexpr std::size_t kLaunches = 20'000;
    std::vector<double> seconds;
    for (std::size_t i = 0; i < kLaunches; ++i) {
      seconds.push_back(static_cast<double>(draw_launch_times(i, type, 1.0).running.count()) / 1e3);
    }
    std::sort(seconds.begin(), seconds.end());
    std::vector<double> found;
    for (const auto share : {0.05, 0.25, 0.5, 0.75, 0.95, 0.99}) {
      found.push_back(seconds[static_cast<std::size_t>(share * kLaunches)]);
    }
    return found;
  };
  // Request to boot, at the same shares, of 738 virtual machines and 64 of bare metal in 2024.
  const std::vector<double> virtual_launches{15.0, 17.6, 22.6, 28.2, 51.6, 102.4};
  const std::vector<double> metal_launches{27.3, 34.5, 45.8, 52.9, 60.6, 82.5};
  const auto near = [](const std::vector<double>& ours, const std::vector<double>& real) {
    for (std::size_t i = 0; i < real.size(); ++i) {
      EXPECT_NEAR(ours[i] / real[i], 1.0, 0.3) << "at place " << i;
    }
  };
  near(quantiles(virtual_machine), virtual_launches);
  near(quantiles(metal), metal_launches);
}

/// Somebody who orders, cancels, ends and tags at random.
class Storm {
 public:
  explicit Storm(std::uint64_t seed) : world_{seed}, random_{seed} {
    MarketConditions wild;
    wild.late_fulfilment = random_.unit();
    wild.launch_failures = 0.2 * random_.unit();
    wild.never_ready = 0.2 * random_.unit();
    wild.interruptions_per_hour = random_.unit();
    wild.capacity_factor = 0.05 + 0.3 * random_.unit();
    wild.spot_vcpus = 400;
    world_.market.set_conditions(wild);
  }

  InstanceMarket& market() { return world_.market; }

  void step() {
    world_.pass(Duration{static_cast<std::int64_t>(random_.below(40'000))});
    const LaunchSpec spec{.type = random_.chance(0.9) ? kLarge : kHuge};
    const auto token = fmt::to_string(random_.below(50));
    switch (random_.below(5)) {
      case 0:
        return void(world_.market.request_spot({.owner = kMe,
                                                .spec = spec,
                                                .count = 1 + static_cast<int>(random_.below(4)),
                                                .token = {token, token}}));
      case 1:
        return void(world_.market.run({.owner = kMe,
                                       .spec = spec,
                                       .most = 1 + static_cast<int>(random_.below(4)),
                                       .is_spot = random_.chance(0.7),
                                       .token = {token, token}}));
      case 2:
        return void(world_.market.create_fleet(
            {.owner = kMe, .candidates = {{.spec = spec}}, .spot_target = 3}));
      case 3:
        for (const auto* request : world_.market.spot_requests(kMe, world_.market.now())) {
          if (random_.chance(0.3)) {
            EXPECT_TRUE(world_.market.cancel_spot(kMe, std::vector{request->id}));
          }
        }
        return;
      default:
        for (const auto* instance : world_.market.instances(kMe, world_.market.now())) {
          if (random_.chance(0.3)) {
            EXPECT_TRUE(world_.market.terminate(kMe, std::vector{instance->id}));
          }
        }
    }
  }

  /// Ends everything and waits until it is over.
  void clean_up() {
    for (int round = 0; round < 20; ++round) {
      for (const auto* request : world_.market.spot_requests(kMe, world_.market.now())) {
        EXPECT_TRUE(world_.market.cancel_spot(kMe, std::vector{request->id}));
      }
      for (const auto* instance : world_.market.instances(kMe, world_.market.now())) {
        EXPECT_TRUE(world_.market.terminate(kMe, std::vector{instance->id}));
      }
      world_.pass(1min);
    }
  }

 private:
  World world_;
  Random random_;
};

/// Counted anew from the records.
int live_at(const InstanceMarket& market, TimePoint at) {
  return static_cast<int>(std::count_if(
      market.every_instance().begin(), market.every_instance().end(), [at](const Instance& one) {
        return one.launched_at <= at && state(one, at) <= InstanceState::Running;
      }));
}

class InstanceStorm : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(InstanceStorm, MovesStatesOnlyForward) {
  Storm storm{GetParam()};
  for (int i = 0; i < 100; ++i) {
    storm.step();
  }
  for (const auto& one : storm.market().every_instance()) {
    EXPECT_LE(one.launched_at, one.visible_at);
    EXPECT_LE(one.shutdown_at, one.terminated_at);
    EXPECT_LE(one.running_at, one.system_ok_at);
    auto before = InstanceState::Pending;
    for (auto at = one.launched_at; at < storm.market().now(); at += 10s) {
      EXPECT_GE(state(one, at), before);
      before = state(one, at);
    }
  }
  const auto rank = [](RequestState state) { return std::min(static_cast<int>(state), 2); };
  for (const auto& one : storm.market().every_request()) {
    for (std::size_t i = 1; i < one.history.size(); ++i) {
      EXPECT_LE(one.history[i - 1].at, one.history[i].at);
      // A cancelled request may come to have an instance, but never opens again.
      EXPECT_LE(rank(one.history[i - 1].state), rank(one.history[i].state)) << one.id;
    }
  }
}

TEST_P(InstanceStorm, NeverStartsMoreThanThereIsCapacityForAndCountsWhatItDoes) {
  Storm storm{GetParam()};
  auto& market = storm.market();
  for (int i = 0; i < 100; ++i) {
    const auto before = market.every_instance().size();
    storm.step();
    if (market.every_instance().size() > before && market.every_instance().back().is_spot) {
      const auto& last = market.every_instance().back();
      if (last.launched_at == market.now()) {
        EXPECT_GT(market.room({last.spec.type, kHome, last.spec.zone}, true), -1.0);
      }
    }
    const auto& counted = market.audit().accounts();
    const auto mine = counted.find(kMe.account);
    EXPECT_EQ(live_at(market, market.now()),
              mine == counted.end() ? 0 : mine->second.live.instances);
  }
  const auto& mine = market.audit().accounts().at(kMe.account);
  int most = 0;
  for (const auto& one : market.every_instance()) {
    most = std::max(most, live_at(market, one.launched_at));
  }
  EXPECT_EQ(mine.most_live.most.instances, most);
  EXPECT_EQ(mine.instances_ever, market.every_instance().size());
  EXPECT_GE(mine.most_claimed.most.vcpus, mine.most_live.most.vcpus);
}

TEST_P(InstanceStorm, LeavesNothingOnceAllIsEnded) {
  Storm storm{GetParam()};
  for (int i = 0; i < 100; ++i) {
    storm.step();
  }
  storm.clean_up();
  const auto& mine = storm.market().audit().accounts().at(kMe.account);
  EXPECT_EQ(mine.live.instances, 0);
  EXPECT_EQ(mine.live.vcpus, 0);
  EXPECT_EQ(mine.claimed.instances, 0);
  EXPECT_EQ(mine.claimed.vcpus, 0);
}

TEST_P(InstanceStorm, IsTheSameForTheSameSeed) {
  const auto tale = [](std::uint64_t seed) {
    Storm storm{seed};
    for (int i = 0; i < 80; ++i) {
      storm.step();
    }
    std::string told;
    for (const auto& one : storm.market().every_instance()) {
      told += fmt::format("{} {} {} {}\n", one.id, one.launched_at.time_since_epoch().count(),
                          one.shutdown_at.time_since_epoch().count(), one.reason.code);
    }
    for (const auto& one : storm.market().every_request()) {
      told += fmt::format("{} {} {}\n", one.id, one.history.size(), one.history.back().code);
    }
    return told;
  };
  EXPECT_EQ(tale(GetParam()), tale(GetParam()));
  EXPECT_NE(tale(GetParam()), tale(GetParam() + 1'000'000));
}

INSTANTIATE_TEST_SUITE_P(Seeds, InstanceStorm, ::testing::ValuesIn(support::seeds()));

}  // namespace

}  // namespace spotvane::sim
