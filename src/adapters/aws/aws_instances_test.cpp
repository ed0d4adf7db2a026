#include "adapters/aws/aws_instances.hpp"

#include "adapters/aws/aws_cloud.hpp"
#include "adapters/aws/ec2_answer_harness.hpp"
#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scripted_processes.hpp"
#include "support/scripted_transport.hpp"
#include "wire/envelope.hpp"
#include "wire/form.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

model::LaunchOrder order() {
  return {.region = virginia,
          .type = model::InstanceType{"m5.large"},
          .zone = model::ZoneName{"us-east-1a"},
          .image = model::ImageId{"ami-1"},
          .count = 3,
          .token = "p1",
          .tags = {{"spotvane:probe", "p1"}},
          .max_price = Money::from_dollars(0.05),
          .valid_until = kNoon + 10min};
}

class Launching : public testing::Test {
 protected:
  void answer_with(std::vector<HttpResponse> answers) {
    network_.script = [this, answers = std::move(answers)](const HttpRequest&) {
      return answers.at(std::min(network_.requests.size(), answers.size()) - 1);
    };
  }
  void answer_with(const std::string& body) { answer_with({HttpResponse{.body = body}}); }

  template <typename T>
  Result<T> result_of(const std::function<void(On<T>)>& ask) {
    std::optional<Result<T>> result;
    ask([&](Result<T> answered) { result = std::move(answered); });
    loop_.run_for(1h);
    return result.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  Result<std::vector<model::SpotRequest>> request() {
    return result_of<std::vector<model::SpotRequest>>(
        [&](auto done) { instances().request_spot_instances(order(), done); });
  }

  std::string parameter(std::size_t request, std::string_view name) const {
    const auto form = wire::Form::parse(network_.requests.at(request).body);
    const auto* value = form.find(name);
    return value != nullptr ? *value : "(absent)";
  }

  Instances& instances() { return cloud_.instances(); }

  sim::EventLoop loop_{kNoon};
  support::ScriptedTransport network_{loop_};
  support::ScriptedProcesses processes_{loop_};
  AwsCloud cloud_{{.credentials = {FixedKeys{{"KEY", "secret"}, "test"}}},
                  {},
                  {network_, loop_, loop_, processes_},
                  Random{1}};
};

TEST_F(Launching, RequestsSpotInstancesWithTokenTagsAndAnEnd) {
  answer_with(answer(
      "RequestSpotInstances",
      "<spotInstanceRequestSet><item><spotInstanceRequestId>sir-1</spotInstanceRequestId><state>"
      "open</state><status><code>pending-evaluation</code><updateTime>2026-08-01T12:00:00.000Z"
      "</updateTime></status></item></spotInstanceRequestSet>"));

  const auto requests = request();

  ASSERT_TRUE(requests) << requests.error().message;
  ASSERT_THAT(*requests, SizeIs(1));
  EXPECT_EQ(requests->front().id.text(), "sir-1");
  EXPECT_EQ(requests->front().status_code, "pending-evaluation");
  EXPECT_EQ(requests->front().updated, kNoon);
  EXPECT_EQ(parameter(0, "InstanceCount"), "3");
  EXPECT_EQ(parameter(0, "ClientToken"), "p1");
  EXPECT_EQ(parameter(0, "SpotPrice"), "0.050000");
  EXPECT_EQ(parameter(0, "ValidUntil"), "2026-08-01T12:10:00Z");
  EXPECT_EQ(parameter(0, "LaunchSpecification.Placement.AvailabilityZone"), "us-east-1a");
  EXPECT_EQ(parameter(0, "TagSpecification.1.ResourceType"), "spot-instances-request");
  EXPECT_EQ(parameter(0, "TagSpecification.1.Tag.1.Value"), "p1");
}

TEST_F(Launching, SendsTheSameTokenAgainWhereTheAnswerIsLost) {
  network_.script = [this](const HttpRequest&) -> Result<HttpResponse> {
    if (network_.requests.size() == 1) {
      return fail(ErrorKind::Unavailable, "connection reset");
    }
    return HttpResponse{.body = answer("RunInstances",
                                       "<instancesSet><item><instanceId>i-1</instanceId>"
                                       "<instanceState><name>pending</name></instanceState>"
                                       "</item></instancesSet>")};
  };

  const auto launched = result_of<std::vector<model::Instance>>(
      [&](auto done) { instances().run_instances(order(), done); });

  ASSERT_TRUE(launched) << launched.error().message;
  ASSERT_THAT(network_.requests, SizeIs(2));
  EXPECT_EQ(network_.requests[0].body, network_.requests[1].body);
  EXPECT_EQ(parameter(1, "MinCount"), "1");
}

TEST_F(Launching, TellsTheReasonsOfRefusalsApart) {
  const auto kind_of = [&](const std::string& code, int status) {
    answer_with({wire::error_response(wire::kEc2, status, {code, "no", "r"})});
    network_.requests.clear();
    return request().error();
  };

  EXPECT_EQ(kind_of("InsufficientInstanceCapacity", 500).kind, ErrorKind::NoCapacity);
  EXPECT_EQ(kind_of("SpotMaxPriceTooLow", 400).kind, ErrorKind::NoCapacity);
  EXPECT_EQ(kind_of("MaxSpotInstanceCountExceeded", 400).kind, ErrorKind::QuotaExceeded);
  EXPECT_EQ(kind_of("RequestLimitExceeded", 503).kind, ErrorKind::Throttled);
  EXPECT_EQ(kind_of("InvalidAMIID.NotFound", 400).kind, ErrorKind::NotFound);
  const auto denied = kind_of("UnauthorizedOperation", 403);
  EXPECT_EQ(denied.kind, ErrorKind::Denied);
  EXPECT_THAT(denied.hint, HasSubstr("'ec2:RequestSpotInstances'"));
}

TEST_F(Launching, ReadsWhatAnInstantFleetLaunchedAndWhatNot) {
  answer_with(answer(
      "CreateFleet",
      "<fleetId>fleet-1</fleetId><errorSet><item><errorCode>InsufficientInstanceCapacity"
      "</errorCode><errorMessage>none</errorMessage></item></errorSet><fleetInstanceSet><item>"
      "<instanceIds><item>i-1</item><item>i-2</item></instanceIds></item></fleetInstanceSet>"));

  const auto fleet = result_of<model::Fleet>(
      [&](auto done) { instances().create_fleet(order(), model::LaunchTemplateId{"lt-1"}, done); });

  ASSERT_TRUE(fleet) << fleet.error().message;
  EXPECT_EQ(fleet->id.text(), "fleet-1");
  EXPECT_THAT(fleet->instances, ElementsAre(model::InstanceId{"i-1"}, model::InstanceId{"i-2"}));
  ASSERT_THAT(fleet->errors, SizeIs(1));
  EXPECT_EQ(fleet->errors.front().code, "InsufficientInstanceCapacity");
  EXPECT_EQ(parameter(0, "Type"), "instant");
}

TEST_F(Launching, DescribesManyInBatchesOfWhatAFilterHolds) {
  answer_with(answer("DescribeInstances",
                     "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>"
                     "<instanceState><name>running</name></instanceState></item><item><instanceId>"
                     "i-2</instanceId><instanceState><name>a new word</name></instanceState>"
                     "<reason>User initiated (2026-08-01 09:00:07 GMT)</reason></item>"
                     "</instancesSet></item></reservationSet>"));
  std::vector<std::string> ids;
  for (int i = 0; i < 201; ++i) {
    ids.push_back(fmt::format("i-{}", i));
  }

  const auto found = result_of<std::vector<model::Instance>>(
      [&](auto done) { instances().describe_instances(virginia, {.ids = ids}, done); });

  ASSERT_TRUE(found) << found.error().message;
  ASSERT_THAT(network_.requests, SizeIs(2));
  EXPECT_EQ(parameter(0, "Filter.1.Name"), "instance-id");
  EXPECT_THAT(*found, SizeIs(4));
  EXPECT_EQ(found->at(1).state, model::InstanceState::Pending) << "a word that is new to us";
  EXPECT_FALSE(found->at(0).ended);
  EXPECT_EQ(found->at(1).ended, *parse_time("2026-08-01T09:00:07Z"));
}

TEST_F(Launching, AsksForRequestsOfAStatusAlone) {
  answer_with(answer("DescribeSpotInstanceRequests", "<spotInstanceRequestSet/>"));

  const auto found = result_of<std::vector<model::SpotRequest>>([&](auto done) {
    instances().describe_spot_requests(
        virginia,
        {.tag_key = "spotvane:job", .tag_values = {"j-1"}, .statuses = {"marked-for-termination*"}},
        done);
  });

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(parameter(0, "Filter.1.Name"), "status-code");
  EXPECT_EQ(parameter(0, "Filter.1.Value.1"), "marked-for-termination*");
  EXPECT_EQ(parameter(0, "Filter.2.Name"), "tag:spotvane:job");
}

TEST_F(Launching, TakesACheckThatIsNotReportedForNone) {
  answer_with(answer(
      "DescribeInstanceStatus",
      "<instanceStatusSet><item><instanceId>i-1</instanceId><instanceState><name>running</name>"
      "</instanceState><systemStatus><status>ok</status></systemStatus><instanceStatus><status>"
      "initializing</status></instanceStatus></item></instanceStatusSet>"));

  const auto checks = result_of<std::vector<model::InstanceChecks>>([&](auto done) {
    instances().describe_instance_status(virginia, {model::InstanceId{"i-1"}}, done);
  });

  ASSERT_TRUE(checks) << checks.error().message;
  ASSERT_THAT(*checks, SizeIs(1));
  EXPECT_EQ(checks->front().system, model::Check::Ok);
  EXPECT_EQ(checks->front().instance, model::Check::Waiting);
  EXPECT_EQ(checks->front().attached_ebs, model::Check::NotReported);
}

TEST_F(Launching, AsksForTheChecksOfTheOthersWhereOneIsNotKnownYet) {
  answer_with({wire::error_response(
                   wire::kEc2, 400,
                   {"InvalidInstanceID.NotFound", "The instance IDs 'i-1, i-3' do not exist", "r"}),
               HttpResponse{.body = answer("DescribeInstanceStatus",
                                           "<instanceStatusSet><item><instanceId>i-2</instanceId>"
                                           "<instanceState><name>running</name></instanceState>"
                                           "</item></instanceStatusSet>")}});
  const std::vector<model::InstanceId> asked{model::InstanceId{"i-1"}, model::InstanceId{"i-2"},
                                             model::InstanceId{"i-3"}};

  const auto checks = result_of<std::vector<model::InstanceChecks>>(
      [&](auto done) { instances().describe_instance_status(virginia, asked, done); });

  ASSERT_TRUE(checks) << checks.error().message;
  ASSERT_THAT(*checks, SizeIs(1));
  EXPECT_EQ(checks->front().id.text(), "i-2");
  ASSERT_THAT(network_.requests, SizeIs(2));
  EXPECT_EQ(parameter(1, "InstanceId.1"), "i-2");
  EXPECT_EQ(parameter(1, "InstanceId.2"), "(absent)");
}

TEST_F(Launching, FindsImagesByParameterElseByDescription) {
  const auto images = [&] {
    return result_of<std::vector<model::Image>>(
        [&](auto done) { cloud_.images().latest_amazon_linux(virginia, done); });
  };
  answer_with(std::string{R"({"Parameters":[{"Name":"/aws/service/ami-amazon-linux-latest/)"
                          R"(al2023-ami-kernel-default-arm64","Value":"ami-a"}]})"});
  const auto by_parameter = images();
  ASSERT_TRUE(by_parameter) << by_parameter.error().message;
  ASSERT_THAT(*by_parameter, SizeIs(1));
  EXPECT_EQ(by_parameter->front().id.text(), "ami-a");
  EXPECT_EQ(by_parameter->front().architecture, "arm64");

  network_.requests.clear();
  answer_with(
      {wire::error_response(wire::kSsm, 400, {"AccessDeniedException", "no", "r"}),
       HttpResponse{.body = answer("DescribeImages",
                                   "<imagesSet><item><imageId>ami-old</imageId><architecture>x86_64"
                                   "</architecture><creationDate>2025-01-01T00:00:00.000Z"
                                   "</creationDate></item><item><imageId>ami-new</imageId>"
                                   "<architecture>x86_64</architecture><creationDate>"
                                   "2026-01-01T00:00:00.000Z</creationDate></item></imagesSet>")}});
  const auto by_description = images();
  ASSERT_TRUE(by_description) << by_description.error().message;
  ASSERT_THAT(*by_description, SizeIs(1));
  EXPECT_EQ(by_description->front().id.text(), "ami-new");
}

}  // namespace

}  // namespace spotvane::adapters
