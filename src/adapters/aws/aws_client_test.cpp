#include "adapters/aws/aws_client.hpp"

#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scripted_processes.hpp"
#include "support/scripted_transport.hpp"
#include "wire/envelope.hpp"
#include "wire/sigv4.hpp"
#include "wire/timestamp.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

HttpResponse refusal(std::string code, int status = 400) {
  return wire::error_response(wire::kEc2, status, {std::move(code), "no"});
}

wire::Authorization authorization_of(const HttpRequest& request) {
  const auto* header = find_header(request.headers, "Authorization");
  return header != nullptr ? wire::parse_authorization(*header).value_or(wire::Authorization{})
                           : wire::Authorization{};
}

TimePoint signed_at(const HttpRequest& request) {
  return wire::parse_amz_date(*find_header(request.headers, "X-Amz-Date")).value();
}

/// Keys that AWS may find expired, after which there are the next ones.
class RotatingKeys final : public CredentialsProvider {
 public:
  explicit RotatingKeys(Timers& timers) : timers_{timers} {}

  void provide(On<wire::SigningKeys> on_keys) override {
    timers_.after(0ms, [keys = keys_, on_keys = std::move(on_keys)] { on_keys(keys); });
  }
  bool renew() override {
    keys_.access_key_id += "+";
    return true;
  }
  std::optional<TimePoint> expires() const override { return std::nullopt; }

 private:
  Timers& timers_;
  wire::SigningKeys keys_{"KEY", "secret"};
};

class Client : public testing::Test {
 protected:
  AwsClient client(AwsClientOptions options = {}) {
    return {configuration_, std::move(options), keys_, ports_, Random{1}};
  }

  static AwsCall call(std::string region = "us-east-1") {
    return {wire::kEc2, std::move(region), "DescribeRegions", "Action=DescribeRegions"};
  }

  Result<std::string> answer_to(AwsClient& client, AwsCall asked = call()) {
    std::optional<Result<std::string>> answer;
    client.call(std::move(asked), [&](Result<std::string> body) {
      EXPECT_FALSE(answer) << "answered twice";
      answer = std::move(body);
    });
    EXPECT_FALSE(answer) << "answered from inside the call";
    loop_.run_for(1h);
    EXPECT_TRUE(answer) << "never answered";
    return answer.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  sim::EventLoop loop_{kNoon};
  support::ScriptedTransport network_{loop_};
  support::ScriptedProcesses processes_{loop_};
  AwsPorts ports_{network_, loop_, loop_, processes_};
  AwsConfiguration configuration_;
  RotatingKeys keys_{loop_};
};

TEST_F(Client, SendsASignedRequestToTheRegion) {
  network_.script = [](const HttpRequest&) { return HttpResponse{.body = "fine"}; };
  auto one = client();

  EXPECT_EQ(answer_to(one, call("eu-west-1")), "fine");

  ASSERT_THAT(network_.requests, SizeIs(1));
  const auto& request = network_.requests.front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://ec2.eu-west-1.amazonaws.com/");
  EXPECT_EQ(authorization_of(request).scope.region, "eu-west-1");
  EXPECT_TRUE(wire::is_signed_by(request, authorization_of(request), "secret"));
}

TEST_F(Client, AddressesAJsonServiceByItsTarget) {
  configuration_.endpoints[""] = "http://localhost:4599";
  auto one = client();

  ASSERT_TRUE(answer_to(one, {wire::kPricing, "us-east-1", "GetProducts", "{}"}));

  const auto& request = network_.requests.front();
  EXPECT_EQ(request.url, "http://localhost:4599/");
  EXPECT_EQ(*find_header(request.headers, "X-Amz-Target"), "AWSPriceListService.GetProducts");
  EXPECT_THAT(authorization_of(request).signed_headers, testing::Contains("x-amz-target"));
}

TEST_F(Client, TriesAgainUntilThereIsAnAnswer) {
  network_.script = [&](const HttpRequest&) -> Result<HttpResponse> {
    switch (network_.requests.size()) {
      case 1:
        return fail(ErrorKind::Unavailable, "connection reset");
      case 2:
        return refusal("RequestLimitExceeded", 503);
      default:
        return HttpResponse{.body = "fine"};
    }
  };
  auto one = client();

  EXPECT_EQ(answer_to(one), "fine");
}

TEST_F(Client, GivesUpAfterTheLastAttempt) {
  network_.script = [](const HttpRequest&) { return refusal("RequestLimitExceeded", 503); };
  auto one = client();

  const auto answer = answer_to(one);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Throttled);
  EXPECT_EQ(answer.error().message,
            "ec2:DescribeRegions in 'us-east-1': no (RequestLimitExceeded), after 3 attempts");
  EXPECT_THAT(network_.requests, SizeIs(3));
}

TEST_F(Client, NeverAsksTwiceForWhatAQuotaRefused) {
  network_.script = [](const HttpRequest&) { return refusal("MaxConfigLimitExceeded", 503); };
  auto one = client();

  EXPECT_EQ(answer_to(one).error().kind, ErrorKind::QuotaExceeded);
  EXPECT_THAT(network_.requests, SizeIs(1));
}

TEST_F(Client, StopsRetryingWhenNothingEverWorks) {
  network_.script = [](const HttpRequest&) -> Result<HttpResponse> {
    return fail(ErrorKind::Unavailable, "no route to host");
  };
  auto one = client();

  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(answer_to(one));
  }

  EXPECT_THAT(network_.requests, SizeIs(100 + 500 / 10));
}

TEST_F(Client, CorrectsAClockThatIsOffByTheServers) {
  const auto servers_now = [&] { return loop_.now() - 2h; };
  network_.script = [&](const HttpRequest& request) {
    const bool is_in_time = std::chrono::abs(signed_at(request) - servers_now()) < 15min;
    auto response = is_in_time ? HttpResponse{.body = "fine"} : refusal("RequestExpired");
    response.headers.push_back({"Date", wire::to_http_date(servers_now())});
    return response;
  };
  auto one = client();

  EXPECT_EQ(answer_to(one), "fine");
  EXPECT_THAT(network_.requests, SizeIs(2));

  EXPECT_EQ(answer_to(one), "fine");
  EXPECT_THAT(network_.requests, SizeIs(3)) << "the correction is kept";
}

TEST_F(Client, BlamesTheSecretWhereTheClockIsRight) {
  network_.script = [&](const HttpRequest&) {
    auto response = refusal("SignatureDoesNotMatch", 403);
    response.headers.push_back({"Date", wire::to_http_date(loop_.now())});
    return response;
  };
  auto one = client();

  const auto answer = answer_to(one);

  EXPECT_EQ(answer.error().kind, ErrorKind::Denied);
  EXPECT_THAT(answer.error().hint, AllOf(HasSubstr("secret"), HasSubstr("clock")));
  EXPECT_THAT(network_.requests, SizeIs(1));
}

TEST_F(Client, FetchesOtherKeysOnceTheseHaveExpired) {
  for (const auto* code : {"ExpiredToken", "RequestExpired"}) {
    RotatingKeys keys{loop_};
    AwsClient one{configuration_, {}, keys, ports_, Random{1}};
    network_.requests.clear();
    network_.script = [&](const HttpRequest& request) {
      auto response = authorization_of(request).access_key_id == "KEY"
                          ? refusal(code)
                          : HttpResponse{.body = "fine"};
      response.headers.push_back({"Date", wire::to_http_date(loop_.now())});
      return response;
    };

    EXPECT_EQ(answer_to(one), "fine");
    EXPECT_THAT(network_.requests, SizeIs(2));
  }
}

TEST_F(Client, TakesRefusedKeysForARegionNotEnabledOnceTheyWorkedElsewhere) {
  network_.script = [](const HttpRequest& request) {
    return authorization_of(request).scope.region == "me-south-1" ? refusal("AuthFailure", 401)
                                                                  : HttpResponse{};
  };
  auto one = client();

  EXPECT_EQ(answer_to(one, call("me-south-1")).error().kind, ErrorKind::Denied);
  ASSERT_TRUE(answer_to(one, call("us-east-1")));
  EXPECT_EQ(answer_to(one, call("me-south-1")).error().kind, ErrorKind::NotEnabled);
}

TEST_F(Client, TakesKeysRefusedWhereTheyWorkedForRevoked) {
  bool is_revoked = false;
  network_.script = [&](const HttpRequest&) {
    return is_revoked ? refusal("AuthFailure", 401) : HttpResponse{};
  };
  auto one = client();
  ASSERT_TRUE(answer_to(one, call("us-east-1")));
  ASSERT_TRUE(answer_to(one, call("eu-west-1")));

  is_revoked = true;

  EXPECT_EQ(answer_to(one, call("us-east-1")).error().kind, ErrorKind::Denied);
}

TEST_F(Client, KeepsToThePaceOfAnActionInEachRegionApart) {
  std::vector<TimePoint> times;
  network_.script = [&](const HttpRequest&) {
    times.push_back(loop_.now());
    return HttpResponse{};
  };
  auto one = client({.paces = {{"DescribeRegions", {.per_second = 1.0, .burst = 1}}}});
  int answers = 0;
  for (const auto* region : {"us-east-1", "us-east-1", "us-east-1", "eu-west-1"}) {
    one.call(call(region), [&](Result<std::string>) { ++answers; });
  }

  loop_.run_for(1min);

  EXPECT_EQ(answers, 4);
  EXPECT_THAT(times, ElementsAre(kNoon + 1ms, kNoon + 1ms, kNoon + 1001ms, kNoon + 2001ms));
}

TEST_F(Client, PassesOnTheLabsTimeEvenOfARefusal) {
  std::vector<std::string> told;
  network_.script = [](const HttpRequest&) {
    auto response = refusal("InvalidAction");
    response.headers.push_back({"X-Spotvane-Lab-Time", "2026-08-01T12:00:00Z;speed=60"});
    return response;
  };
  auto one = client({.on_lab_time = [&](std::string_view time) { told.emplace_back(time); }});

  EXPECT_FALSE(answer_to(one));

  EXPECT_THAT(told, ElementsAre("2026-08-01T12:00:00Z;speed=60"));
}

TEST_F(Client, SaysWhatItWasDoingWhenThereAreNoCredentials) {
  configuration_.credentials = {
      NoCredentials{{ErrorKind::Denied, "no AWS credentials found", "set some"}}};
  const auto none = make_credentials_provider(configuration_, ports_, Random{1});
  AwsClient one{configuration_, {}, *none, ports_, Random{1}};

  const auto answer = answer_to(one);

  EXPECT_EQ(answer.error().kind, ErrorKind::Denied);
  EXPECT_EQ(answer.error().message, "ec2:DescribeRegions in 'us-east-1': no AWS credentials found");
  EXPECT_EQ(answer.error().hint, "set some");
  EXPECT_THAT(network_.requests, SizeIs(0));
}

}  // namespace

}  // namespace spotvane::adapters
