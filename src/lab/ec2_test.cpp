#include "lab/lab_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace spotvane::lab {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::set<std::string> column(const std::vector<Row>& rows, const std::string& name) {
  std::set<std::string> values;
  for (const auto& row : rows) {
    values.insert(row.at(name));
  }
  return values;
}

/// All pages of an answer's set.
std::vector<Row> all_items(LabHarness& harness, const std::string& action, wire::Form parameters,
                           const std::string& set, std::size_t* pages = nullptr) {
  std::vector<Row> rows;
  std::string token;
  do {
    auto asked = parameters;
    if (!token.empty()) {
      asked.add("NextToken", token);
    }
    const auto response = harness.ec2(action, asked);
    EXPECT_EQ(verdict(response), "200");
    for (auto& row : items(response, set)) {
      rows.push_back(std::move(row));
    }
    token = text_of(response, "nextToken");
    if (pages != nullptr) {
      ++*pages;
    }
  } while (!token.empty());
  return rows;
}

TEST(DescribeRegions, ListsEnabledRegionsAndAllOnRequest) {
  EXPECT_THAT(items(shared_lab().ec2("DescribeRegions"), "regionInfo"), SizeIs(17));
  const auto all =
      items(shared_lab().ec2("DescribeRegions", form({{"AllRegions", "true"}})), "regionInfo");
  EXPECT_THAT(all, SizeIs(30));
  EXPECT_EQ(column(all, "optInStatus"),
            (std::set<std::string>{"opt-in-not-required", "not-opted-in"}));
}

TEST(DescribeRegions, FiltersAndTakesNames) {
  const auto ask = [](const wire::Form& parameters) {
    return column(items(shared_lab().ec2("DescribeRegions", parameters), "regionInfo"),
                  "regionName");
  };
  EXPECT_EQ(ask(form({{"Filter.1.Name", "region-name"}, {"Filter.1.Value.1", "us-w*"}})),
            (std::set<std::string>{"us-west-1", "us-west-2"}));
  EXPECT_EQ(ask(form({{"RegionName.1", "me-south-1"}})), std::set<std::string>{"me-south-1"});
  EXPECT_EQ(verdict(shared_lab().ec2("DescribeRegions", form({{"RegionName.1", "us-moon-1"}}))),
            "400 InvalidParameterValue");
  EXPECT_EQ(verdict(shared_lab().ec2("DescribeRegions", form({{"Filter.1.Name", "colour"},
                                                              {"Filter.1.Value.1", "red"}}))),
            "400 InvalidParameterValue");
}

TEST(DescribeRegions, TakesNoMoreFilterValuesThanEc2) {
  wire::Form parameters = form({{"Filter.1.Name", "region-name"}});
  for (int i = 1; i <= 200; ++i) {
    parameters.add(fmt::format("Filter.1.Value.{}", i), "us-east-1");
  }
  EXPECT_EQ(verdict(shared_lab().ec2("DescribeRegions", parameters)), "200");
  parameters.add("Filter.1.Value.201", "us-east-1");
  EXPECT_EQ(verdict(shared_lab().ec2("DescribeRegions", parameters)), "400 FilterLimitExceeded");
}

TEST(DescribeAvailabilityZones, TellsNamesAndIds) {
  const auto zones =
      items(shared_lab().ec2("DescribeAvailabilityZones", form({{"ZoneId.1", "use1-az4"}})),
            "availabilityZoneInfo");
  ASSERT_THAT(zones, SizeIs(1));
  EXPECT_EQ(zones[0].at("zoneName"), "us-east-1a");
  EXPECT_EQ(zones[0].at("groupName"), "us-east-1-zg-1");
  EXPECT_EQ(zones[0].at("zoneState"), "available");
  EXPECT_EQ(
      verdict(shared_lab().ec2("DescribeAvailabilityZones", form({{"ZoneName.1", "us-east-1z"}}))),
      "400 InvalidParameterValue");
}

TEST(DescribeAvailabilityZones, NamesZonesDifferentlyForEachAccount) {
  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.accounts = {{.id = "210987654321",
                       .user = "alice",
                       .access_key_id = "AKIDALICE",
                       .secret_access_key = "s"}};
  LabHarness world{options};
  const auto zones_of = [&world] {
    return items(world.ec2("DescribeAvailabilityZones"), "availabilityZoneInfo");
  };
  const auto mine = zones_of();
  world.keys = {"AKIDALICE", "s"};
  const auto hers = zones_of();
  EXPECT_NE(mine, hers);
  EXPECT_EQ(column(mine, "zoneName"), column(hers, "zoneName"));
  EXPECT_EQ(column(mine, "zoneId"), column(hers, "zoneId"));
}

TEST(DescribeInstanceTypes, PagesThroughWhatTheRegionOffers) {
  std::size_t pages = 0;
  const auto types = all_items(shared_lab(), "DescribeInstanceTypes", form({{"MaxResults", "100"}}),
                               "instanceTypeSet", &pages);
  EXPECT_EQ(column(types, "instanceType").size(), types.size());
  EXPECT_EQ(pages, (types.size() + 99) / 100);
  EXPECT_GT(types.size(), 1000u);
}

TEST(DescribeInstanceTypes, RefusesWhatAwsRefuses) {
  const auto ask = [](const wire::Form& parameters) {
    return verdict(shared_lab().ec2("DescribeInstanceTypes", parameters));
  };
  EXPECT_EQ(ask(form({{"InstanceType.1", "m5.huge"}})), "400 InvalidInstanceType");
  EXPECT_EQ(ask(form({{"MaxResults", "4"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(form({{"MaxResults", "101"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(form({{"MaxResults", "many"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(form({{"NextToken", "abc"}})), "400 InvalidPaginationToken");
  EXPECT_EQ(ask(form({{"InstanceType.1", "m5.large"}, {"MaxResults", "10"}})),
            "400 InvalidParameterCombination");
  wire::Form many;
  many.add_list("InstanceType", std::vector<std::string>(101, "m5.large"));
  EXPECT_EQ(ask(many), "400 InvalidParameterValue");
}

TEST(DescribeInstanceTypes, FiltersByAnyMember) {
  const auto types = all_items(shared_lab(), "DescribeInstanceTypes",
                               form({{"Filter.1.Name", "instance-type"},
                                     {"Filter.1.Value.1", "m?g.*"},
                                     {"Filter.2.Name", "vcpu-info.default-vcpus"},
                                     {"Filter.2.Value.1", "2"},
                                     {"Filter.2.Value.2", "4"},
                                     {"Filter.3.Name", "bare-metal"},
                                     {"Filter.3.Value.1", "false"}}),
                               "instanceTypeSet");
  EXPECT_THAT(column(types, "instanceType"), ::testing::IsSupersetOf({"m6g.large", "m7g.xlarge"}));
  EXPECT_THAT(types, SizeIs(testing::Lt(20u)));
}

TEST(DescribeInstanceTypes, TakesATokenOnlyForTheCallThatGaveIt) {
  const auto token = text_of(shared_lab().ec2("DescribeInstanceTypes"), "nextToken");
  ASSERT_FALSE(token.empty());
  EXPECT_EQ(verdict(shared_lab().ec2("DescribeInstanceTypes", form({{"NextToken", token}}))),
            "200");
  EXPECT_EQ(
      verdict(shared_lab().ec2("DescribeInstanceTypes", form({{"NextToken", token}}), "us-west-2")),
      "400 InvalidPaginationToken");
  EXPECT_EQ(
      verdict(shared_lab().ec2("DescribeInstanceTypeOfferings", form({{"NextToken", token}}))),
      "400 InvalidPaginationToken");
}

TEST(DescribeInstanceTypeOfferings, TellsOfRegionsZonesAndZoneIds) {
  const auto ask = [](const std::string& location_type) {
    auto parameters = form({{"Filter.1.Name", "instance-type"}, {"Filter.1.Value.1", "m5.large"}});
    if (!location_type.empty()) {
      parameters.add("LocationType", location_type);
    }
    return column(all_items(shared_lab(), "DescribeInstanceTypeOfferings", parameters,
                            "instanceTypeOfferingSet"),
                  "location");
  };
  EXPECT_EQ(ask(""), std::set<std::string>{"us-east-1"});
  EXPECT_THAT(ask("availability-zone-id"), ::testing::Contains("use1-az4"));
  EXPECT_THAT(ask("availability-zone"), ::testing::Contains("us-east-1a"));
  EXPECT_EQ(
      verdict(shared_lab().ec2("DescribeInstanceTypeOfferings", form({{"LocationType", "moon"}}))),
      "400 InvalidParameterValue");
}

wire::Form scores(const std::vector<std::pair<std::string, std::string>>& more = {}) {
  auto parameters = form({{"InstanceType.1", "m5.large"},
                          {"InstanceType.2", "c5.large"},
                          {"InstanceType.3", "r5.large"},
                          {"TargetCapacity", "1"}});
  for (const auto& [name, value] : more) {
    parameters.add(name, value);
  }
  return parameters;
}

TEST(GetSpotPlacementScores, ScoresTheTenBestZonesById) {
  const auto rows = items(
      shared_lab().ec2("GetSpotPlacementScores", scores({{"SingleAvailabilityZone", "true"}})),
      "spotPlacementScoreSet");
  EXPECT_THAT(rows, SizeIs(10));
  for (const auto& row : rows) {
    EXPECT_THAT(row.at("availabilityZoneId"), HasSubstr("-az"));
  }
}

TEST(GetSpotPlacementScores, ScoresRegionsOtherwise) {
  const auto rows = items(
      shared_lab().ec2("GetSpotPlacementScores",
                       scores({{"RegionName.1", "us-east-1"}, {"RegionName.2", "eu-west-1"}})),
      "spotPlacementScoreSet");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_FALSE(rows[0].contains("availabilityZoneId"));
}

TEST(GetSpotPlacementScores, RefusesWhatAwsRefuses) {
  const auto ask = [](const wire::Form& parameters) {
    return verdict(shared_lab().ec2("GetSpotPlacementScores", parameters));
  };
  EXPECT_EQ(ask(form({{"InstanceType.1", "m5.large"}})), "400 MissingParameter");
  EXPECT_EQ(ask(form({{"TargetCapacity", "1"}})), "400 MissingParameter");
  EXPECT_EQ(ask(form({{"InstanceType.1", "m5.large"}, {"TargetCapacity", "0"}})),
            "400 InvalidParameterValue");
  EXPECT_EQ(ask(form({{"InstanceType.1", "m5.huge"}, {"TargetCapacity", "1"}})),
            "400 InvalidParameterValue");
  EXPECT_EQ(ask(scores({{"MaxResults", "9"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(scores({{"TargetCapacityUnitType", "cores"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(scores({{"RegionName.1", "us-moon-1"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(scores({{"RegionName.1", "me-south-1"}})), "403 OptInRequired");
  EXPECT_EQ(ask(scores({{"InstanceRequirementsWithMetadata.ArchitectureType.1", "arm64"}})),
            "400 InvalidParameterCombination");
  auto crowded = scores();
  crowded.add_list("RegionName", std::vector<std::string>(11, "us-east-1"));
  EXPECT_EQ(ask(crowded), "400 InvalidParameterValue");
}

TEST(GetSpotPlacementScores, ChargesNewConfigurationsAndLetsRepeatsPass) {
  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.world.score_configurations = 2;
  LabHarness world{options};
  const auto ask = [&world](const std::string& capacity) {
    return verdict(world.ec2("GetSpotPlacementScores",
                             form({{"InstanceType.1", "m5.large"}, {"TargetCapacity", capacity}})));
  };
  EXPECT_EQ(ask("1"), "200");
  EXPECT_EQ(ask("2"), "200");
  EXPECT_EQ(ask("3"), "400 MaxConfigLimitExceeded");
  EXPECT_EQ(ask("1"), "200");
  world.order("clock", R"({"advance": "24h"})");
  EXPECT_EQ(ask("3"), "200");
}

TEST(GetSpotPlacementScores, ChargesNothingForCallsItRefusesOtherwise) {
  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.world.score_configurations = 1;
  LabHarness world{options};
  world.ec2("GetSpotPlacementScores",
            form({{"InstanceType.1", "m5.huge"}, {"TargetCapacity", "1"}}));
  EXPECT_EQ(verdict(world.ec2("GetSpotPlacementScores", scores())), "200");
}

TEST(GetSpotPlacementScores, ResolvesAttributes) {
  const std::string prefix = "InstanceRequirementsWithMetadata.";
  const auto ask = [&](std::vector<std::pair<std::string, std::string>> more) {
    more.insert(more.end(), {{prefix + "ArchitectureType.1", "arm64"},
                             {prefix + "VirtualizationType.1", "hvm"},
                             {prefix + "InstanceRequirements.MemoryMiB.Min", "4096"},
                             {"TargetCapacity", "64"},
                             {"TargetCapacityUnitType", "vcpu"}});
    return shared_lab().ec2("GetSpotPlacementScores", form(more));
  };
  EXPECT_EQ(verdict(ask({})), "400 MissingParameter");  // the least number of vCPUs
  const auto vcpus = prefix + "InstanceRequirements.VCpuCount.Min";
  EXPECT_THAT(items(ask({{vcpus, "2"}}), "spotPlacementScoreSet"), SizeIs(10));
  EXPECT_THAT(items(ask({{vcpus, "100000"}}), "spotPlacementScoreSet"), IsEmpty());
  EXPECT_EQ(verdict(ask({{vcpus, "2"}, {prefix + "InstanceRequirements.Colour", "red"}})),
            "400 UnknownParameter");
}

const std::string kNow = "2026-03-01T00:00:00Z";

TEST(DescribeSpotPriceHistory, TellsThePricesInForce) {
  const auto rows =
      all_items(shared_lab(), "DescribeSpotPriceHistory",
                form({{"InstanceType.1", "m5.large"}, {"StartTime", kNow}, {"EndTime", kNow}}),
                "spotPriceHistorySet");
  ASSERT_THAT(rows, SizeIs(5));  // one zone does not have it
  for (const auto& row : rows) {
    EXPECT_EQ(row.at("productDescription"), "Linux/UNIX");
    EXPECT_THAT(row.at("spotPrice"), ::testing::MatchesRegex("0\\.[0-9]{4}00"));
    EXPECT_THAT(row.at("timestamp"), ::testing::MatchesRegex("2026-02-2.T..:..:..\\.000Z"));
  }
}

TEST(DescribeSpotPriceHistory, EndsItsPagesWithAnEmptyToken) {
  std::size_t pages = 0;
  const auto rows =
      all_items(shared_lab(), "DescribeSpotPriceHistory",
                form({{"StartTime", kNow}, {"MaxResults", "2000"}}), "spotPriceHistorySet", &pages);
  EXPECT_GT(pages, 3u);
  EXPECT_EQ(pages, (rows.size() + 999) / 1000);
  const auto whole = shared_lab().ec2("DescribeSpotPriceHistory",
                                      form({{"StartTime", kNow}, {"InstanceType.1", "m5.large"}}));
  EXPECT_THAT(whole.body, HasSubstr("<nextToken/>"));
}

TEST(DescribeSpotPriceHistory, ShowsLaterPagesAsOfTheFirst) {
  LabHarness world;
  const auto parameters = form({{"InstanceType.1", "m5.large"}, {"MaxResults", "100"}});
  const auto first = world.ec2("DescribeSpotPriceHistory", parameters);
  auto next = parameters;
  next.add("NextToken", text_of(first, "nextToken"));
  const auto second = items(world.ec2("DescribeSpotPriceHistory", next), "spotPriceHistorySet");
  world.order("clock", R"({"advance": "10h"})");
  EXPECT_EQ(items(world.ec2("DescribeSpotPriceHistory", next), "spotPriceHistorySet"), second);
}

TEST(DescribeSpotPriceHistory, FindsZonesByNameAndById) {
  const auto ask = [](std::vector<std::pair<std::string, std::string>> parameters) {
    parameters.emplace_back("StartTime", kNow);
    return all_items(shared_lab(), "DescribeSpotPriceHistory", form(parameters),
                     "spotPriceHistorySet");
  };
  const auto by_name = ask({{"InstanceType.1", "m5.large"}, {"AvailabilityZone", "us-east-1a"}});
  ASSERT_THAT(by_name, SizeIs(1));
  EXPECT_EQ(by_name[0].at("availabilityZoneId"), "use1-az4");
  EXPECT_EQ(ask({{"InstanceType.1", "m5.large"}, {"AvailabilityZoneId", "use1-az4"}}), by_name);
  EXPECT_EQ(ask({{"Filter.1.Name", "instance-type"},
                 {"Filter.1.Value.1", "m5.lar*"},
                 {"Filter.2.Name", "availability-zone"},
                 {"Filter.2.Value.1", "us-east-1a"}}),
            by_name);
  EXPECT_THAT(ask({{"InstanceType.1", "m5.large"}, {"ProductDescription.1", "Windows"}}),
              IsEmpty());
  EXPECT_THAT(ask({{"Filter.1.Name", "instance-type"}, {"Filter.1.Value.1", "none"}}), IsEmpty());
}

TEST(DescribeSpotPriceHistory, RefusesWhatAwsRefuses) {
  const auto ask = [](const wire::Form& parameters) {
    return verdict(shared_lab().ec2("DescribeSpotPriceHistory", parameters));
  };
  EXPECT_EQ(ask(form({{"AvailabilityZone", "us-east-1a"}, {"AvailabilityZoneId", "use1-az4"}})),
            "400 InvalidParameterCombination");
  EXPECT_EQ(ask(form({{"AvailabilityZone", "us-east-1z"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(form({{"StartTime", "yesterday"}})), "400 InvalidParameterValue");
  EXPECT_EQ(ask(form({{"NextToken", std::string(48, '0')}})), "400 InvalidPaginationToken");
}

TEST(DescribeSpotPriceHistory, ForeseesNothing) {
  for (const auto& row :
       all_items(shared_lab(), "DescribeSpotPriceHistory",
                 form({{"InstanceType.1", "m5.large"}, {"EndTime", "2027-01-01T00:00:00Z"}}),
                 "spotPriceHistorySet")) {
    EXPECT_LT(row.at("timestamp"), kNow);
  }
}

}  // namespace

}  // namespace spotvane::lab
