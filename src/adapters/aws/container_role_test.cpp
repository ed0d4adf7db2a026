#include "adapters/aws/container_role.hpp"

#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scratch_folder.hpp"
#include "support/scripted_transport.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr auto kKeys = R"({"AccessKeyId": "KEY", "SecretAccessKey": "s", "Token": "t",
                           "Expiration": "2026-08-01T18:00:00Z", "RoleArn": "arn:r"})";

class Container : public testing::Test {
 protected:
  Result<SessionKeys> keys_of(ContainerRole role) {
    ContainerRoleFetcher fetcher{std::move(role), network_, loop_};
    std::optional<Result<SessionKeys>> got;
    fetcher.fetch([&](Result<SessionKeys> keys) { got = std::move(keys); });
    EXPECT_FALSE(got) << "answered from inside the call";
    loop_.run_for(1min);
    return got.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  sim::EventLoop loop_{kNoon};
  support::ScriptedTransport network_{loop_};
  support::ScratchFolder folder_;
};

TEST_F(Container, IsAskedWithTheTokenItWants) {
  network_.script = [](const HttpRequest&) { return HttpResponse{.body = kKeys}; };
  const auto keys = keys_of({.url = "http://169.254.170.2/keys", .token = "Basic x"});

  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->keys.access_key_id, "KEY");
  EXPECT_EQ(keys->expires, kNoon + 6h);
  ASSERT_THAT(network_.requests, SizeIs(1));
  const auto& request = network_.requests.front();
  EXPECT_EQ(request.url, "http://169.254.170.2/keys");
  EXPECT_EQ(*find_header(request.headers, "Authorization"), "Basic x");
  EXPECT_EQ(*find_header(request.headers, "Accept"), "application/json");
}

TEST_F(Container, IsAskedWithTheTokenThatAFileHoldsNow) {
  network_.script = [](const HttpRequest&) { return HttpResponse{.body = kKeys}; };
  const auto file = (folder_ / "token").string();
  for (const std::string token : {"first", "second"}) {
    std::ofstream{file} << token;
    ASSERT_TRUE(keys_of({.url = "http://localhost/", .token = "other", .token_file = file}));
    EXPECT_EQ(*find_header(network_.requests.back().headers, "Authorization"), token);
  }
}

TEST_F(Container, IsSentNoTokenWithALineBreak) {
  for (const auto* token : {"secret\r\nHost: evil", "secret\n"}) {
    const auto keys = keys_of({.url = "http://localhost/", .token = token});
    EXPECT_THAT(keys.error().message, AllOf(HasSubstr("line break"), Not(HasSubstr("secret"))));
  }
  EXPECT_THAT(network_.requests, SizeIs(0));
}

TEST_F(Container, IsAskedThreeTimesASecondApart) {
  std::vector<TimePoint> times;
  network_.script = [&](const HttpRequest&) -> Result<HttpResponse> {
    times.push_back(loop_.now());
    switch (times.size()) {
      case 1:
        return fail(ErrorKind::Unavailable, "connection refused");
      case 2:
        return HttpResponse{.status = 503};
      default:
        return HttpResponse{.body = kKeys};
    }
  };

  EXPECT_TRUE(keys_of({.url = "http://localhost/"}));
  ASSERT_THAT(times, SizeIs(3));
  EXPECT_GE(times[1] - times[0], 1s);
  EXPECT_GE(times[2] - times[1], 1s);
}

TEST_F(Container, IsGivenUpWithWhatItAnsweredLast) {
  network_.script = [](const HttpRequest&) {
    return HttpResponse{.status = 400, .body = R"({"code": "secret"})"};
  };
  const auto keys = keys_of({.url = "http://localhost/keys"});

  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().message,
            "ask 'http://localhost/keys' for the container's AWS credentials: status 400");
  EXPECT_THAT(keys.error().hint, HasSubstr("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
  EXPECT_THAT(network_.requests, SizeIs(3));
}

TEST_F(Container, NamesTheTokenFileThatIsMissing) {
  const auto keys = keys_of({.url = "http://localhost/", .token_file = "/no/such/token"});

  EXPECT_THAT(keys.error().message, AllOf(HasSubstr("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
                                          HasSubstr("'/no/such/token'")));
}

}  // namespace

}  // namespace spotvane::adapters
