#include "adapters/aws/aws_cloud.hpp"

#include "adapters/aws/ec2_answer_harness.hpp"
#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scripted_processes.hpp"
#include "support/scripted_transport.hpp"
#include "wire/advisor_file.hpp"
#include "wire/form.hpp"
#include "wire/price_list.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Cloud : public testing::Test {
 protected:
  static AwsConfiguration configuration() {
    return {.credentials = {FixedKeys{{"KEY", "secret"}, "test"}}};
  }

  /// Every request gets these bodies, one after another.
  void answer_with(std::vector<std::string> bodies) {
    network_.script = [this, bodies = std::move(bodies)](const HttpRequest&) {
      return HttpResponse{.body = bodies.at(network_.requests.size() - 1)};
    };
  }

  template <typename T>
  Result<T> result_of(const std::function<void(On<T>)>& ask) {
    std::optional<Result<T>> result;
    ask([&](Result<T> answered) { result = std::move(answered); });
    loop_.run_for(1h);
    return result.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  Result<std::vector<model::SpotPrice>> prices() {
    return result_of<std::vector<model::SpotPrice>>([&](auto done) {
      cloud_.ec2().describe_spot_price_history({.region = virginia,
                                                .from = kNoon - 10min,
                                                .to = kNoon,
                                                .types = {model::InstanceType{"m5.large"}},
                                                .products = {"Linux/UNIX"}},
                                               done);
    });
  }

  std::string parameter(std::size_t request, std::string_view name) const {
    const auto form = wire::Form::parse(network_.requests.at(request).body);
    const auto* value = form.find(name);
    return value != nullptr ? *value : "(absent)";
  }

  sim::EventLoop loop_{kNoon};
  support::ScriptedTransport network_{loop_};
  std::size_t bad_rows_ = 0;
  support::ScriptedProcesses processes_{loop_};
  AwsCloud cloud_{
      configuration(),
      {.on_bad_rows = [this](std::string_view, std::size_t rows) { bad_rows_ += rows; }},
      {network_, loop_, loop_, processes_},
      Random{1}};
};

constexpr auto kPrice =
    "<item><instanceType>m5.large</instanceType><productDescription>Linux/UNIX"
    "</productDescription><spotPrice>0.043700</spotPrice><timestamp>2026-08-01T01:40:10.000Z"
    "</timestamp><availabilityZone>us-east-1f</availabilityZone></item>";

TEST_F(Cloud, ListsRegionsAndWhichOfThemAreEnabled) {
  answer_with({answer("DescribeRegions",
                      "<regionInfo><item><regionName>us-east-1</regionName><optInStatus>"
                      "opt-in-not-required</optInStatus></item><item><regionName>me-south-1"
                      "</regionName><optInStatus>not-opted-in</optInStatus></item></regionInfo>")});

  const auto regions = result_of<std::vector<model::RegionStatus>>(
      [&](auto done) { cloud_.ec2().describe_regions(done); });

  ASSERT_TRUE(regions) << regions.error().message;
  ASSERT_THAT(*regions, SizeIs(2));
  EXPECT_TRUE(regions->at(0).is_enabled);
  EXPECT_FALSE(regions->at(1).is_enabled);
  EXPECT_EQ(parameter(0, "AllRegions"), "true");
}

TEST_F(Cloud, ListsAvailabilityZonesOnly) {
  answer_with({answer("DescribeAvailabilityZones",
                      "<availabilityZoneInfo><item><regionName>us-east-1</regionName><zoneName>"
                      "us-east-1a</zoneName><zoneId>use1-az6</zoneId><zoneType>availability-zone"
                      "</zoneType></item><item><regionName>us-east-1</regionName><zoneName>"
                      "us-east-1-bos-1a</zoneName><zoneId>use1-bos1-az1</zoneId><zoneType>"
                      "local-zone</zoneType></item></availabilityZoneInfo>")});

  const auto zones = result_of<std::vector<model::Zone>>(
      [&](auto done) { cloud_.ec2().describe_availability_zones(virginia, done); });

  ASSERT_TRUE(zones) << zones.error().message;
  EXPECT_THAT(*zones, ElementsAre(model::Zone{virginia, model::ZoneId{"use1-az6"},
                                              model::ZoneName{"us-east-1a"}}));
  EXPECT_EQ(parameter(0, "Filter.1.Value.1"), "availability-zone");
}

TEST_F(Cloud, ReadsTheFactsOfAnInstanceType) {
  answer_with({answer(
      "DescribeInstanceTypes",
      "<instanceTypeSet><item><instanceType>g4dn.xlarge</instanceType><currentGeneration>true"
      "</currentGeneration><supportedUsageClasses><item>on-demand</item></supportedUsageClasses>"
      "<bareMetal>false</bareMetal><processorInfo><supportedArchitectures><item>i386</item><item>"
      "x86_64</item></supportedArchitectures></processorInfo><vCpuInfo><defaultVCpus>4"
      "</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>16384</sizeInMiB></memoryInfo><gpuInfo>"
      "<gpus><item><count>1</count></item><item><count>2</count></item></gpus></gpuInfo></item>"
      "</instanceTypeSet>")});

  const auto types = result_of<std::vector<model::InstanceTypeFacts>>(
      [&](auto done) { cloud_.ec2().describe_instance_types(virginia, done); });

  ASSERT_TRUE(types) << types.error().message;
  ASSERT_THAT(*types, SizeIs(1));
  const auto& facts = types->front();
  EXPECT_EQ(facts.type.text(), "g4dn.xlarge");
  EXPECT_EQ(facts.vcpus, 4);
  EXPECT_EQ(facts.memory_mib, 16384);
  EXPECT_THAT(facts.architectures, ElementsAre("i386", "x86_64"));
  EXPECT_EQ(facts.gpus, 3);
  EXPECT_FALSE(facts.offered_as_spot);
  EXPECT_FALSE(facts.is_bare_metal);
  EXPECT_TRUE(facts.is_current_generation);
}

TEST_F(Cloud, ReadsEveryPageEvenBeyondAnEmptyOne) {
  const auto page = [](std::string_view zone, std::string_view token) {
    return answer("DescribeInstanceTypeOfferings",
                  zone.empty() ? fmt::format("<instanceTypeOfferingSet/>{}", token)
                               : fmt::format("<instanceTypeOfferingSet><item><instanceType>m5.large"
                                             "</instanceType><locationType>availability-zone-id"
                                             "</locationType><location>{}</location></item>"
                                             "</instanceTypeOfferingSet>{}",
                                             zone, token));
  };
  answer_with({page("use1-az1", "<nextToken>A+/=</nextToken>"),
               page("", "<nextToken>B</nextToken>"), page("use1-az2", "<nextToken/>")});

  const auto offerings = result_of<std::vector<model::Offering>>(
      [&](auto done) { cloud_.ec2().describe_instance_type_offerings(virginia, done); });

  ASSERT_TRUE(offerings) << offerings.error().message;
  const model::InstanceType large{"m5.large"};
  EXPECT_THAT(*offerings, ElementsAre(model::Offering{large, model::ZoneId{"use1-az1"}},
                                      model::Offering{large, model::ZoneId{"use1-az2"}}));
  EXPECT_EQ(parameter(0, "NextToken"), "(absent)");
  EXPECT_EQ(parameter(1, "NextToken"), "A+/=");
  EXPECT_EQ(parameter(2, "NextToken"), "B");
}

TEST_F(Cloud, DoesNotGoRoundInCirclesWhereAPageNamesItself) {
  network_.script = [](const HttpRequest&) {
    return HttpResponse{.body = answer("DescribeSpotPriceHistory",
                                       "<spotPriceHistorySet/><nextToken>A</nextToken>")};
  };

  EXPECT_EQ(prices().error().kind, ErrorKind::Corrupt);
}

TEST_F(Cloud, AsksForScoresAndPutsTheBestFirst) {
  answer_with({answer("GetSpotPlacementScores",
                      "<spotPlacementScoreSet><item><region>us-west-2</region><availabilityZoneId>"
                      "usw2-az2</availabilityZoneId><score>3</score></item><item><region>us-east-1"
                      "</region><availabilityZoneId>use1-az1</availabilityZoneId><score>7</score>"
                      "</item></spotPlacementScoreSet>")});

  const auto scores = result_of<std::vector<model::PlacementScore>>([&](auto done) {
    cloud_.ec2().get_spot_placement_scores(
        {.types = {model::InstanceType{"m5.large"}, model::InstanceType{"c5.large"}},
         .target_capacity = 10,
         .regions = {virginia, model::Region{"us-west-2"}}},
        done);
  });

  ASSERT_TRUE(scores) << scores.error().message;
  EXPECT_THAT(*scores, ElementsAre(model::PlacementScore{virginia, model::ZoneId{"use1-az1"}, 7},
                                   model::PlacementScore{model::Region{"us-west-2"},
                                                         model::ZoneId{"usw2-az2"}, 3}));
  EXPECT_EQ(network_.requests.front().body,
            "Action=GetSpotPlacementScores&Version=2016-11-15&InstanceType.1=m5.large&"
            "InstanceType.2=c5.large&TargetCapacity=10&TargetCapacityUnitType=units&"
            "SingleAvailabilityZone=true&RegionName.1=us-east-1&RegionName.2=us-west-2");
}

TEST_F(Cloud, ReadsPricesWhetherOrNotTheyNameTheZonesId) {
  answer_with({answer("DescribeSpotPriceHistory", fmt::format("<spotPriceHistorySet>{}"
                                                              "</spotPriceHistorySet>",
                                                              kPrice))});

  const auto read = prices();

  ASSERT_TRUE(read) << read.error().message;
  ASSERT_THAT(*read, SizeIs(1));
  EXPECT_EQ(read->front().type.text(), "m5.large");
  EXPECT_EQ(read->front().zone_name.text(), "us-east-1f");
  EXPECT_TRUE(read->front().zone_id.empty());
  EXPECT_EQ(read->front().product, "Linux/UNIX");
  EXPECT_EQ(read->front().price_per_hour, Money::from_micros(43'700));
  EXPECT_EQ(read->front().at, kNoon - 10h - 19min - 50s);
  EXPECT_EQ(parameter(0, "StartTime"), "2026-08-01T11:50:00Z");
  EXPECT_EQ(parameter(0, "EndTime"), "2026-08-01T12:00:00Z");
  EXPECT_EQ(parameter(0, "ProductDescription.1"), "Linux/UNIX");
  EXPECT_EQ(parameter(0, "MaxResults"), "1000");
}

TEST_F(Cloud, LosesOnlyTheRowsThatMakeNoSense) {
  answer_with(
      {answer("DescribeSpotPriceHistory",
              fmt::format("<spotPriceHistorySet><item/><item><spotPrice>x</spotPrice></item>{}"
                          "</spotPriceHistorySet>",
                          kPrice))});

  const auto read = prices();

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_THAT(*read, SizeIs(1));
  EXPECT_EQ(bad_rows_, 2U);
}

TEST_F(Cloud, CallsAnAnswerCorruptThatIsNone) {
  for (const auto& body :
       {std::string{"<html>"}, std::string{"{}"}, answer("DescribeRegions", "<regionInfo/>"),
        answer("DescribeSpotPriceHistory", ""),
        answer("DescribeSpotPriceHistory", "<spotPriceHistorySet><item/></spotPriceHistorySet>")}) {
    network_.script = [&](const HttpRequest&) { return HttpResponse{.body = body}; };

    const auto read = prices();

    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
    EXPECT_THAT(read.error().message, HasSubstr("DescribeSpotPriceHistory"));
  }
}

TEST_F(Cloud, FetchesTheAdvisorsFileOnlyWhereItHasChanged) {
  network_.script = [](const HttpRequest& request) {
    const auto* known = find_header(request.headers, "If-None-Match");
    if (known != nullptr && *known == "\"e1\"") {
      return HttpResponse{.status = 304};
    }
    return HttpResponse{
        .headers = {{"etag", "\"e1\""}, {"last-modified", "Sat, 01 Aug 2026 12:00:00 GMT"}},
        .body = wire::write_advisor_file(
            std::vector<wire::AdvisorRow>{{"us-east-1", "Linux", "m5.large", 2, -7}})};
  };
  const auto fetch = [&](const AdvisorFeed& known) {
    return result_of<AdvisorFeed>([&](auto done) { cloud_.advisor().fetch(known, done); });
  };

  const auto first = fetch({});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_FALSE(first->is_unchanged);
  ASSERT_THAT(first->entries, SizeIs(1));
  EXPECT_EQ(first->entries.front().region, virginia);
  EXPECT_EQ(first->entries.front().band, 2);
  EXPECT_EQ(first->entries.front().savings_percent, -7);
  EXPECT_EQ(find_header(network_.requests.back().headers, "Authorization"), nullptr);

  const auto second = fetch(*first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(second->is_unchanged);
  EXPECT_EQ(second->etag, "\"e1\"");
  EXPECT_THAT(second->entries, IsEmpty());
  EXPECT_EQ(*find_header(network_.requests.back().headers, "If-Modified-Since"),
            "Sat, 01 Aug 2026 12:00:00 GMT");
}

TEST_F(Cloud, TakesAnEmptyAdvisorFileForAMistake) {
  answer_with({wire::write_advisor_file({})});

  const auto feed = result_of<AdvisorFeed>([&](auto done) { cloud_.advisor().fetch({}, done); });

  EXPECT_EQ(feed.error().kind, ErrorKind::Corrupt);
}

TEST_F(Cloud, ReadsOnDemandPricesPageByPage) {
  answer_with(
      {wire::write_price_list_page(
           {.items = {{"m5.large", "eu-west-1", Money::from_micros(107'000)}},
            .next_token = "next"}),
       wire::write_price_list_page({.items = {{"c5.large", "eu-west-1", Money::from_micros(96'000)},
                                              {"c5.metal", "eu-west-1", Money{}}}})});

  const auto read = result_of<std::vector<model::OnDemandPrice>>(
      [&](auto done) { cloud_.price_list().on_demand_prices(model::Region{"eu-west-1"}, done); });

  ASSERT_TRUE(read) << read.error().message;
  ASSERT_THAT(*read, SizeIs(2));
  EXPECT_EQ(read->at(1).type.text(), "c5.large");
  EXPECT_EQ(read->at(1).region.text(), "eu-west-1");
  EXPECT_EQ(read->at(1).price_per_hour, Money::from_micros(96'000));
  const auto asked = wire::read_price_list_request(network_.requests.back().body);
  EXPECT_EQ(asked->next_token, "next");
  EXPECT_EQ(asked->filters.at("regionCode"), "eu-west-1");
  EXPECT_EQ(asked->filters.at("operatingSystem"), "Linux");
  EXPECT_EQ(network_.requests.back().url, "https://api.pricing.us-east-1.amazonaws.com/");
}

TEST_F(Cloud, KnowsWhoAsks) {
  answer_with(
      {"<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
       "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>A"
       "</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
       "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
       "</GetCallerIdentityResponse>"});

  const auto identity =
      result_of<CallerIdentity>([&](auto done) { cloud_.identity().get_caller_identity(done); });

  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->account, "123456789012");
  EXPECT_EQ(identity->arn, "arn:aws:iam::123456789012:user/u");
  EXPECT_EQ(network_.requests.front().url, "https://sts.us-east-1.amazonaws.com/");
}

}  // namespace

}  // namespace spotvane::adapters
