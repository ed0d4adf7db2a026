#include "adapters/aws/instance_role.hpp"

#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scripted_transport.hpp"
#include "wire/timestamp.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr auto kRolePath = "/latest/meta-data/iam/security-credentials/";

class Metadata : public testing::Test {
 protected:
  Metadata() {
    network_.script = [this](const HttpRequest& request) { return answer(request); };
  }

  Result<HttpResponse> answer(const HttpRequest& request) {
    if (is_down_) {
      return fail(ErrorKind::Unavailable, "connect timed out");
    }
    if (request.method == "PUT" && request.url == "http://metadata/latest/api/token") {
      return HttpResponse{.body = "TOKEN"};
    }
    const auto* token = find_header(request.headers, "X-aws-ec2-metadata-token");
    if (token == nullptr || *token != "TOKEN") {
      return HttpResponse{.status = 401};
    }
    if (request.url == std::string{"http://metadata"} + kRolePath) {
      return HttpResponse{.status = role_.empty() ? 404 : 200, .body = role_ + "\n"};
    }
    return HttpResponse{.body =
                            fmt::format(R"({{"Code":"{}","Message":"m","AccessKeyId":"KEY{}",)"
                                        R"("SecretAccessKey":"s","Token":"t","Expiration":"{}"}})",
                                        code_, ++issued_, to_iso8601(loop_.now() + 1h))};
  }

  Result<wire::SigningKeys> keys() {
    std::optional<Result<wire::SigningKeys>> got;
    provider_.provide([&](Result<wire::SigningKeys> keys) { got = std::move(keys); });
    EXPECT_FALSE(got) << "answered from inside the call";
    loop_.run_for(10ms);
    return got.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  sim::EventLoop loop_{kNoon};
  support::ScriptedTransport network_{loop_};
  RefreshingCredentials provider_{
      std::make_unique<InstanceRoleFetcher>(InstanceRole{"http://metadata", "none in X"}, network_),
      {.outlast_expiry = true},
      loop_,
      loop_};
  std::string role_ = "my-role";
  std::string code_ = "Success";
  bool is_down_ = false;
  int issued_ = 0;
};

TEST_F(Metadata, AreAskedForTheKeysOfTheInstancesRole) {
  const auto got = keys();

  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->access_key_id, "KEY1");
  EXPECT_EQ(got->secret_access_key, "s");
  EXPECT_EQ(got->session_token, "t");
  EXPECT_EQ(network_.requests.back().url, std::string{"http://metadata"} + kRolePath + "my-role");
}

TEST_F(Metadata, AreDoneWithoutWhileTheyAreDownAndKeysAreHeld) {
  ASSERT_TRUE(keys());
  is_down_ = true;
  loop_.run_for(2h);
  EXPECT_EQ(keys()->access_key_id, "KEY1");

  is_down_ = false;
  loop_.run_for(1min);
  EXPECT_EQ(keys()->access_key_id, "KEY2");
}

TEST_F(Metadata, AreAskedAnewWhenAwsRefusedTheKeys) {
  ASSERT_TRUE(keys());
  loop_.run_for(1min);

  EXPECT_TRUE(provider_.renew());

  EXPECT_EQ(keys()->access_key_id, "KEY2");
}

TEST_F(Metadata, ExplainThemselvesWhereThereAreNoKeys) {
  role_ = "";
  EXPECT_THAT(keys().error().message, HasSubstr("the instance has no role"));
  role_ = "my-role";
  code_ = "AssumeRoleUnauthorizedAccess";
  EXPECT_THAT(keys().error().message, HasSubstr("'AssumeRoleUnauthorizedAccess': m"));
  is_down_ = true;
  const auto down = keys();

  EXPECT_EQ(down.error().kind, ErrorKind::Denied);
  EXPECT_EQ(down.error().message,
            "no AWS credentials found: none in X, and none from the instance metadata service: "
            "connect timed out");
  EXPECT_THAT(down.error().hint, AllOf(HasSubstr("AWS_ACCESS_KEY_ID"), HasSubstr("AWS_PROFILE")));
}

}  // namespace

}  // namespace spotvane::adapters
