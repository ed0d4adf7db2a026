// The client against the lab, with nothing in between: what one writes the other reads.

#include "adapters/aws/aws_cloud.hpp"
#include "adapters/aws/lab_network_harness.hpp"
#include "lab/lab.hpp"
#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scratch_folder.hpp"
#include "support/scripted_processes.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CloudOfTheLab : public testing::Test {
 protected:
  static const lab::CatalogData& data() {
    static const auto loaded = lab::load_catalog_data();
    return loaded.value();
  }

  static AwsConfiguration configuration(std::string secret) {
    return {.credentials = {FixedKeys{{"test", std::move(secret)}, "test"}},
            .endpoints = {{"", std::string{LabNetwork::kAddress}}}};
  }

  AwsClientOptions options() {
    return {.on_lab_time = [this](std::string_view time) { lab_time_ = time; },
            .on_bad_rows = [this](std::string_view, std::size_t rows) { bad_rows_ += rows; }};
  }

  template <typename T>
  Result<T> result_of(const std::function<void(On<T>)>& ask) {
    std::optional<Result<T>> result;
    ask([&](Result<T> answered) { result = std::move(answered); });
    loop_.run_for(1min);
    EXPECT_EQ(bad_rows_, 0U);
    return result.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  sim::EventLoop loop_{kNoon};
  lab::Lab lab_{
      {.world = {.score_configurations = 2}, .speed = 0.0, .start = kNoon}, data(), loop_};
  LabNetwork network_{lab_, loop_};
  std::string lab_time_;
  std::size_t bad_rows_ = 0;
  support::ScriptedProcesses processes_{loop_};
  AwsPorts ports_{network_, loop_, loop_, processes_};
  AwsCloud cloud_{configuration("test"), options(), ports_, Random{1}};
  const model::Region virginia{"us-east-1"};
};

TEST_F(CloudOfTheLab, ReadsTheWholeCatalogOfARegion) {
  const auto regions = result_of<std::vector<model::RegionStatus>>(
      [&](auto done) { cloud_.ec2().describe_regions(done); });
  const auto zones = result_of<std::vector<model::Zone>>(
      [&](auto done) { cloud_.ec2().describe_availability_zones(virginia, done); });
  const auto types = result_of<std::vector<model::InstanceTypeFacts>>(
      [&](auto done) { cloud_.ec2().describe_instance_types(virginia, done); });
  const auto offerings = result_of<std::vector<model::Offering>>(
      [&](auto done) { cloud_.ec2().describe_instance_type_offerings(virginia, done); });

  ASSERT_TRUE(regions && zones && types && offerings);
  const auto& catalog = *data().catalog;
  std::map<model::InstanceType, model::InstanceTypeFacts> facts;
  for (const auto& one : catalog.types) {
    facts.emplace(one.type, one);
  }
  EXPECT_THAT(*regions, SizeIs(catalog.regions.size()));
  EXPECT_THAT(*zones, SizeIs(6));
  EXPECT_THAT(*offerings, Not(IsEmpty()));
  EXPECT_THAT(*types, Not(IsEmpty()));
  for (const auto& type : *types) {
    const auto& known = facts.at(type.type);
    EXPECT_EQ(type.vcpus, known.vcpus) << type.type.text();
    EXPECT_EQ(type.memory_mib, known.memory_mib) << type.type.text();
    EXPECT_EQ(type.architectures, known.architectures) << type.type.text();
    EXPECT_EQ(type.gpus, known.gpus) << type.type.text();
    EXPECT_EQ(type.offered_as_spot, known.offered_as_spot) << type.type.text();
    EXPECT_EQ(type.is_bare_metal, known.is_bare_metal) << type.type.text();
  }
  EXPECT_EQ(lab_time_, "2026-08-01T12:00:00Z;speed=0");
}

TEST_F(CloudOfTheLab, ReadsEveryPrice) {
  const auto spot = result_of<std::vector<model::SpotPrice>>([&](auto done) {
    cloud_.ec2().describe_spot_price_history(
        {.region = virginia, .from = kNoon, .to = kNoon, .products = {"Linux/UNIX"}}, done);
  });
  const auto on_demand = result_of<std::vector<model::OnDemandPrice>>(
      [&](auto done) { cloud_.price_list().on_demand_prices(virginia, done); });
  const auto advisor = result_of<AdvisorFeed>([&](auto done) { cloud_.advisor().fetch({}, done); });

  ASSERT_TRUE(spot) << spot.error().message;
  ASSERT_TRUE(on_demand) << on_demand.error().message;
  ASSERT_TRUE(advisor) << advisor.error().message;
  EXPECT_GT(spot->size(), 1000U) << "so that there were several pages";
  EXPECT_GT(on_demand->size(), 100U);
  EXPECT_THAT(advisor->entries, SizeIs(data().catalog->advisor.size()));

  const auto again =
      result_of<AdvisorFeed>([&](auto done) { cloud_.advisor().fetch(*advisor, done); });
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(again->is_unchanged);
}

TEST_F(CloudOfTheLab, IsRefusedOneNewConfigurationTooMany) {
  const auto scores = [&](int capacity) {
    return result_of<std::vector<model::PlacementScore>>([&](auto done) {
      cloud_.ec2().get_spot_placement_scores(
          {.types = {model::InstanceType{"m5.large"}, model::InstanceType{"c5.large"},
                     model::InstanceType{"r5.large"}},
           .target_capacity = capacity,
           .regions = {virginia}},
          done);
    });
  };

  ASSERT_TRUE(scores(1));
  EXPECT_THAT(*scores(1), Not(IsEmpty()));
  EXPECT_TRUE(scores(2));
  EXPECT_EQ(scores(3).error().kind, ErrorKind::QuotaExceeded);
  EXPECT_TRUE(scores(2)) << "asked before, and so free";
}

TEST_F(CloudOfTheLab, SignsByTheServicesClockOnceTheyRefusedItsOwn) {
  const auto identity = [&] {
    return result_of<CallerIdentity>(
        [&](auto done) { cloud_.identity().get_caller_identity(done); });
  };
  const auto regions = [&] {
    return result_of<std::vector<model::RegionStatus>>(
        [&](auto done) { cloud_.ec2().describe_regions(done); });
  };
  const auto prices = [&] {
    return result_of<std::vector<model::OnDemandPrice>>(
        [&](auto done) { cloud_.price_list().on_demand_prices(virginia, done); });
  };
  for (const auto* skew : {"3h", "-50m", "0s", "20m"}) {
    lab_.handle({.method = "POST",
                 .url = "/_lab/faults",
                 .body = fmt::format(R"({{"rules": [], "clock_skew": "{}"}})", skew)},
                [](const HttpReply& reply) { EXPECT_EQ(reply.response.status, 200); });
    EXPECT_TRUE(prices()) << skew;
    EXPECT_TRUE(identity()) << skew;
    EXPECT_TRUE(regions()) << skew;
  }
}

TEST_F(CloudOfTheLab, TellsWhatIsWrongWithCredentialsAndRegions) {
  AwsCloud stranger{configuration("wrong"), options(), ports_, Random{1}};
  const auto identity = [&](AwsCloud& cloud) {
    return result_of<CallerIdentity>(
        [&](auto done) { cloud.identity().get_caller_identity(done); });
  };

  EXPECT_EQ(identity(cloud_)->account, lab::kDefaultAccount);
  EXPECT_EQ(identity(stranger).error().kind, ErrorKind::Denied);
  EXPECT_THAT(identity(stranger).error().hint, HasSubstr("secret"));

  const auto zones = result_of<std::vector<model::Zone>>([&](auto done) {
    cloud_.ec2().describe_availability_zones(model::Region{"me-south-1"}, done);
  });
  EXPECT_EQ(zones.error().kind, ErrorKind::NotEnabled);
}

/// {"iss":"https://issuer","sub":"me","aud":"sts"}, signed by nobody.
constexpr auto kToken =
    "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lzc3VlciIsInN1YiI6Im1lIiwiYXVkIjoic3RzIn0.c2ln";

class RolesOfTheLab : public CloudOfTheLab {
 protected:
  Result<std::string> arn_with(CredentialsSource source) {
    auto chosen = configuration("test");
    chosen.credentials = std::move(source);
    cloud.emplace(std::move(chosen), options(), ports_, Random{1});
    return arn();
  }

  Result<std::string> arn() {
    return result_of<CallerIdentity>(
               [&](auto done) { cloud->identity().get_caller_identity(done); })
        .map([](const CallerIdentity& identity) { return identity.arn; });
  }

  static FixedKeys keys() { return {{"test", "test"}, "test"}; }

  std::optional<AwsCloud> cloud;
};

TEST_F(RolesOfTheLab, AreAssumedOneWithTheKeysOfTheOther) {
  EXPECT_EQ(arn_with({keys(),
                      {{.profile = "a", .role_arn = "arn:aws:iam::111111111111:role/first"},
                       {.profile = "b",
                        .role_arn = "arn:aws:iam::222222222222:role/second",
                        .session_name = "me"}}}),
            "arn:aws:sts::222222222222:assumed-role/second/me");
  EXPECT_EQ(arn_with({keys(), {{.profile = "a", .role_arn = "arn:aws:iam::111111111111:role/r"}}}),
            "arn:aws:sts::111111111111:assumed-role/r/spotvane");
}

TEST_F(RolesOfTheLab, AreAssumedAnewBeforeTheirKeysExpire) {
  ASSERT_TRUE(arn_with({keys(),
                        {{.profile = "a", .role_arn = "arn:aws:iam::111111111111:role/first"},
                         {.profile = "b", .role_arn = "arn:aws:iam::222222222222:role/second"}}}));
  for (int hour = 0; hour < 5; ++hour) {
    loop_.run_for(52min);
    EXPECT_EQ(arn(), "arn:aws:sts::222222222222:assumed-role/second/spotvane");
  }
}

TEST_F(RolesOfTheLab, AreAssumedWithAWebIdentity) {
  const support::ScratchFolder folder;
  const auto file = (folder / "token").string();
  std::ofstream{file} << kToken << "\n";

  EXPECT_EQ(arn_with({WebIdentity{"test", "arn:aws:iam::111111111111:role/web", "pod", file}}),
            "arn:aws:sts::111111111111:assumed-role/web/pod");
  EXPECT_EQ(arn_with({WebIdentity{"test", "arn:aws:iam::111111111111:role/web", "pod", file},
                      {{.profile = "b", .role_arn = "arn:aws:iam::222222222222:role/next"}}}),
            "arn:aws:sts::222222222222:assumed-role/next/spotvane");
}

TEST_F(RolesOfTheLab, ExplainWhyTheyCannotBeAssumed) {
  const auto refused = arn_with({keys(), {{.profile = "a", .role_arn = "collector"}}});
  EXPECT_EQ(refused.error().message,
            "sts:GetCallerIdentity in 'us-east-1': assume 'collector' for profile 'a': "
            "sts:AssumeRole in 'us-east-1': collector is invalid (ValidationError)");

  const auto missing =
      arn_with({WebIdentity{"profile 'w'", "arn:aws:iam::111111111111:role/web", "", "/no/token"}});
  EXPECT_THAT(missing.error().message, HasSubstr("'/no/token'"));
  EXPECT_THAT(missing.error().hint, HasSubstr("web_identity_token_file"));

  const support::ScratchFolder folder;
  const auto file = (folder / "token").string();
  std::ofstream{file} << "secret";
  const auto malformed =
      arn_with({WebIdentity{"profile 'w'", "arn:aws:iam::111111111111:role/web", "", file}});
  EXPECT_THAT(malformed.error().message,
              AllOf(HasSubstr("with the web identity of profile 'w'"),
                    HasSubstr("(InvalidIdentityToken)"), Not(HasSubstr("secret"))));
  EXPECT_THAT(malformed.error().hint, HasSubstr("is fresh"));
}

TEST_F(RolesOfTheLab, AreAssumedByPrintedKeysToo) {
  processes_.script = [](const ProcessCommand&) {
    return ProcessExit{.output =
                           R"({"Version": 1, "AccessKeyId": "test", "SecretAccessKey": "test"})"};
  };
  EXPECT_EQ(arn_with({KeyProcess{"p", {"keys"}},
                      {{.profile = "a", .role_arn = "arn:aws:iam::111111111111:role/r"}}}),
            "arn:aws:sts::111111111111:assumed-role/r/spotvane");
}

}  // namespace

}  // namespace spotvane::adapters
