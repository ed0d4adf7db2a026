#include "lab/lab.hpp"

#include "lab/lab_harness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace spotvane::lab {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string header_of(const HttpResponse& response, const std::string& name) {
  const auto* value = find_header(response.headers, name);
  return value != nullptr ? *value : "(none)";
}

wire::Form scores_of(const std::string& type) {
  return form({{"InstanceType.1", type},
               {"TargetCapacity", "1"},
               {"SingleAvailabilityZone", "true"},
               {"RegionName.1", "us-east-1"}});
}

TEST(Lab, AnswersASignedCall) {
  LabHarness world;
  const auto response = world.ec2("DescribeRegions");
  EXPECT_EQ(verdict(response), "200");
  EXPECT_EQ(header_of(response, "content-type"), "text/xml;charset=UTF-8");
  EXPECT_EQ(header_of(response, "x-amzn-requestid"), text_of(response, "requestId"));
  EXPECT_EQ(header_of(response, "x-spotvane-lab-time"), "2026-03-01T00:00:00Z;speed=0");
}

TEST(Lab, ReadsCallsFromTheQueryStringToo) {
  LabHarness world;
  const auto request = world.signed_request(
      wire::kEc2, "us-east-1",
      {.method = "GET",
       .url = "/?Action=DescribeRegions&RegionName.1=eu-west-1&Version=2016-11-15"});
  EXPECT_THAT(items(world.send(request).response, "regionInfo"), SizeIs(1));
}

TEST(Lab, RefusesWhatIsNotSignedWell) {
  LabHarness world;
  auto bare = world.request(wire::kEc2, "us-east-1", "DescribeRegions");
  std::erase_if(bare.headers, [](const auto& header) { return header.name == "Authorization"; });
  EXPECT_EQ(verdict(world.send(bare).response), "403 MissingAuthenticationToken");

  bare.headers.push_back({"Authorization", "AWS test:abc"});
  EXPECT_EQ(verdict(world.send(bare).response), "401 AuthFailure");

  auto changed = world.request(wire::kEc2, "us-east-1", "DescribeRegions");
  changed.body += "&AllRegions=true";
  EXPECT_EQ(verdict(world.send(changed).response), "401 AuthFailure");

  world.keys.access_key_id = "AKIDNOBODY";
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "401 AuthFailure");
  world.keys = {"test", "wrong"};
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "401 AuthFailure");
}

TEST(Lab, RefusesInEachServicesOwnWords) {
  LabHarness world;
  world.keys.secret_access_key = "wrong";
  EXPECT_EQ(
      verdict(world.send(world.request(wire::kSts, "us-east-1", "GetCallerIdentity")).response),
      "403 SignatureDoesNotMatch");
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}")), "400 InvalidSignatureException");
  world.keys.access_key_id = "AKIDNOBODY";
  EXPECT_EQ(
      verdict(world.send(world.request(wire::kSts, "us-east-1", "GetCallerIdentity")).response),
      "403 InvalidClientTokenId");
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}")), "400 UnrecognizedClientException");
}

TEST(Lab, ChecksSignaturesByTheWallsTimeWithinFifteenMinutes) {
  LabHarness world;
  for (const auto error : {15min, -15min}) {
    world.clock_error = error;
    EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
    world.clock_error = error > 0min ? error + 1s : error - 1s;
    EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "400 RequestExpired");
  }
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}")), "400 InvalidSignatureException");
}

TEST(Lab, TakesTemporaryKeysOnlyWithTheirTokenAndUntilTheyExpire) {
  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.accounts = {{.id = "210987654321",
                       .user = "alice",
                       .access_key_id = "ASIAALICE",
                       .secret_access_key = "s",
                       .session_token = "t",
                       .expires = WallClock{}.time + 1h}};
  LabHarness world{options};
  world.keys = {"ASIAALICE", "s", "t"};
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
  world.keys.session_token = "other";
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "401 AuthFailure");
  world.keys.session_token = "t";
  world.wall.time += 1h;
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "400 RequestExpired");
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}")), "400 ExpiredTokenException");
}

TEST(Lab, TellsCallersWhoTheyAre) {
  LabHarness world;
  const auto body =
      world.send(world.request(wire::kSts, "eu-west-1", "GetCallerIdentity")).response.body;
  EXPECT_THAT(body, HasSubstr("<Arn>arn:aws:iam::123456789012:user/test</Arn>"));
  EXPECT_THAT(body, HasSubstr("<Account>123456789012</Account>"));
}

TEST(Lab, RefusesActionsAndServicesItDoesNotHave) {
  LabHarness world;
  EXPECT_EQ(verdict(world.ec2("LaunchRockets")), "400 InvalidAction");
  EXPECT_EQ(verdict(world.ec2("")), "400 MissingAction");
  EXPECT_EQ(verdict(world.pricing("DescribeServices", "{}")), "400 UnknownOperationException");
  auto iam = wire::kSts;
  iam.name = "iam";
  EXPECT_EQ(verdict(world.send(world.request(iam, "us-east-1", "ListUsers")).response),
            "400 InvalidAction");
  auto dynamodb = wire::kPricing;
  dynamodb.name = "dynamodb";
  auto tables = world.signed_request(dynamodb, "us-east-1",
                                     {.method = "POST",
                                      .url = "/",
                                      .headers = {{"X-Amz-Target", "DynamoDB_20120810.ListTables"}},
                                      .body = "{}"});
  EXPECT_EQ(verdict(world.send(tables).response), "400 UnknownOperationException");
  EXPECT_EQ(world.send({.url = "/index.html"}).response.status, 404);
  EXPECT_EQ(world.send({.method = "DELETE", .url = "/"}).response.status, 405);
}

TEST(Lab, RefusesRegionsThatAreNotEnabledOrDoNotExist) {
  LabHarness world;
  EXPECT_EQ(verdict(world.ec2("DescribeRegions", {}, "me-south-1")), "403 OptInRequired");
  EXPECT_EQ(verdict(world.ec2("DescribeRegions", {}, "us-moon-1")), "401 AuthFailure");
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}", "us-west-2")),
            "400 InvalidSignatureException");

  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.world.opted_in_regions = {model::Region{"me-south-1"}};
  LabHarness opted_in{options};
  EXPECT_EQ(verdict(opted_in.ec2("DescribeRegions", {}, "me-south-1")), "200");
}

TEST(Lab, RehearsesWithoutActing) {
  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.world.score_configurations = 0;
  LabHarness world{options};
  auto parameters = scores_of("m5.large");
  parameters.add("DryRun", "true");
  EXPECT_EQ(verdict(world.ec2("GetSpotPlacementScores", parameters)), "412 DryRunOperation");
}

TEST(Lab, GivesTheSameAnswersToTheSameScript) {
  const auto script = [] {
    LabHarness world;
    std::string answers;
    for (int step = 0; step < 3; ++step) {
      for (int repeat = 0; repeat < 2; ++repeat) {
        answers += world.ec2("GetSpotPlacementScores", scores_of("m5.large")).body;
      }
      answers += world.ec2("DescribeSpotPriceHistory", form({{"InstanceType.1", "m5.large"}})).body;
      world.order("clock", R"({"advance": "1h"})");
    }
    return answers;
  };
  EXPECT_EQ(script(), script());
}

TEST(Lab, NumbersEveryRequestDifferently) {
  LabHarness world;
  std::set<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    ids.insert(header_of(world.ec2("DescribeRegions"), "x-amzn-requestid"));
  }
  EXPECT_THAT(ids, SizeIs(10));
}

TEST(Lab, MovesItsStepClockOnlyWhenTold) {
  LabHarness world;
  world.wall.time += 5h;
  EXPECT_THAT(world.order("clock").body, HasSubstr("2026-03-01T00:00:00Z"));
  const auto moved = world.order("clock", R"({"advance": "1h30m"})");
  EXPECT_THAT(moved.body, HasSubstr("2026-03-01T01:30:00Z"));
  EXPECT_EQ(header_of(moved, "x-spotvane-lab-time"), "2026-03-01T01:30:00Z;speed=0");
  EXPECT_THAT(world.order("clock", R"({"set": "2026-03-02T00:00:00Z"})").body,
              HasSubstr("2026-03-02T00:00:00Z"));
  for (const auto* bad : {R"({"set": "2026-03-01T00:00:00Z"})", R"({"advance": "soon"})",
                          R"({"rewind": "1h"})", "{", "{}", R"({"advance": 5})"}) {
    EXPECT_EQ(world.order("clock", bad).status, 400) << bad;
  }
}

TEST(Lab, DoesNotMoveItsClockBeyondTheTimesThatCanBeWritten) {
  LabHarness world;
  EXPECT_EQ(world.order("clock", R"({"set": "9999-12-30T00:00:00Z"})").status, 200);
  EXPECT_EQ(world.order("clock", R"({"advance": "2d"})").status, 400);
  EXPECT_EQ(verdict(world.ec2("DescribeSpotPriceHistory", form({{"InstanceType.1", "m5.large"}}))),
            "200");
}

TEST(Lab, RunsItsClockAsFastAsItIsTold) {
  LabHarness world{{.speed = 600.0, .start = kLabStart}};
  world.wall.time += 2min;
  EXPECT_EQ(header_of(world.ec2("DescribeRegions"), "x-spotvane-lab-time"),
            "2026-03-01T20:00:00Z;speed=600");
}

TEST(Lab, ThrottlesEachActionForItselfByItsOwnTime) {
  LabOptions options{.speed = 60.0, .start = kLabStart};
  options.throttle = {.burst = 3, .refill_per_second = 1};
  LabHarness world{options};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
  }
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "503 RequestLimitExceeded");
  EXPECT_EQ(verdict(world.ec2("DescribeAvailabilityZones")), "200");
  EXPECT_EQ(verdict(world.ec2("DescribeRegions", {}, "us-west-2")), "200");
  world.wall.time += 50ms;  // three seconds of the lab's
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
}

TEST(Lab, ServesTheAdvisorsFileUnsignedAndConditionally) {
  LabHarness world;
  const HttpRequest plain{.url = "/spot-advisor-data.json"};
  const auto first = world.send(plain).response;
  EXPECT_EQ(first.status, 200);
  const auto file = wire::read_advisor_file(first.body);
  ASSERT_TRUE(file);
  EXPECT_THAT(file->rows, SizeIs(25323));

  auto known = plain;
  known.headers = {{"If-None-Match", header_of(first, "etag")}};
  EXPECT_EQ(world.send(known).response.status, 304);
  EXPECT_THAT(world.send(known).response.body, IsEmpty());
  auto dated = plain;
  dated.headers = {{"If-Modified-Since", header_of(first, "last-modified")}};
  EXPECT_EQ(world.send(dated).response.status, 304);

  world.order("clock", R"({"advance": "12h"})");
  const auto later = world.send(known).response;
  EXPECT_EQ(later.status, 200);
  EXPECT_NE(later.body, first.body);
}

TEST(Lab, SpoilsAnswersAsTold) {
  LabHarness world;
  EXPECT_EQ(world.order("faults", R"({"rules": [{"kind": "throttle", "probability": 1}]})").status,
            200);
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "503 RequestLimitExceeded");
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}")), "400 ThrottlingException");
  EXPECT_EQ(world.send({.url = "/spot-advisor-data.json"}).response.status, 503);
  EXPECT_THAT(world.order("faults").body, HasSubstr(R"("throttle":3)"));

  world.order("faults",
              R"({"rules": [{"kind": "reset", "action": "DescribeR*", "probability": 1},
                            {"kind": "slow", "delay": "3s", "probability": 1}]})");
  EXPECT_EQ(world.send(world.request(wire::kEc2, "us-east-1", "DescribeRegions")).manner,
            HttpReply::Manner::Reset);
  EXPECT_EQ(world.send(world.request(wire::kEc2, "us-east-1", "DescribeAvailabilityZones")).delay,
            3s);
  EXPECT_EQ(world.order("faults", R"({"rules": []})").status, 200);
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
}

TEST(Lab, ChecksAndDatesByAnotherClockWhereThatIsToBeSkewed) {
  LabHarness world;
  EXPECT_EQ(header_of(world.ec2("DescribeRegions"), "Date"), "Sat, 01 Aug 2026 00:00:00 GMT");
  EXPECT_THAT(world.order("faults", R"({"rules": [], "clock_skew": "-20m"})").body,
              HasSubstr(R"("clock_skew":"-20m")"));

  const auto refused = world.ec2("DescribeRegions");
  EXPECT_EQ(verdict(refused), "400 RequestExpired");
  EXPECT_EQ(header_of(refused, "Date"), "Fri, 31 Jul 2026 23:40:00 GMT");
  EXPECT_EQ(verdict(world.pricing("GetProducts", "{}")), "400 InvalidSignatureException");

  world.clock_error = -20min;
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
}

TEST(Lab, MayBeginWithFaults) {
  LabOptions options{.speed = 0.0, .start = kLabStart};
  options.scenario.rules = {{.kind = FaultKind::Busy, .action = "*", .probability = 1.0}};
  LabHarness world{options};
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "503 Unavailable");
}

TEST(Lab, RefusesFaultRulesThatMakeNoSense) {
  LabHarness world;
  for (const auto* bad :
       {"{", "{}", R"({"rules": [{"kind": "flood", "probability": 1}]})",
        R"({"rules": [{"kind": "slow"}]})", R"({"rules": [{"kind": "slow", "probability": 2}]})",
        R"({"rules": [{"kind": "slow", "probability": 1, "delay": "long"}]})",
        R"({"rules": [{"kind": "slow", "probability": 1, "when": "now"}]})",
        R"({"rules": [], "clock_skew": "soon"})", R"({"rules": [], "clock_skew": 20})",
        R"({"rules": [], "clock": "20m"})", "[]"}) {
    EXPECT_EQ(world.order("faults", bad).status, 400) << bad;
  }
}

TEST(Lab, SpoilsTheSameAnswersWhateverTheOrder) {
  const auto struck = [](std::vector<std::string> types) {
    LabHarness world;
    world.order("faults", R"({"rules": [{"kind": "error", "probability": 0.3}]})");
    std::set<std::string> failed;
    for (const auto& type : types) {
      if (world.ec2("GetSpotPlacementScores", scores_of(type)).status != 200) {
        failed.insert(type);
      }
    }
    return failed;
  };
  const std::vector<std::string> types{"m5.large",  "c5.large",  "r5.large", "m6g.large",
                                       "c6g.large", "r6g.large", "t3.large", "i3.large"};
  const auto failed = struck(types);
  EXPECT_THAT(failed, Not(IsEmpty()));
  EXPECT_LT(failed.size(), types.size());
  EXPECT_EQ(failed, struck({types.rbegin(), types.rend()}));
}

TEST(Lab, SaysThatItIsWell) {
  LabHarness world;
  EXPECT_THAT(world.order("health").body, HasSubstr(R"("status":"ok")"));
  EXPECT_EQ(world.order("nothing").status, 404);
}

}  // namespace

}  // namespace spotvane::lab
