#include "adapters/aws/retry.hpp"

#include "adapters/aws/pace.hpp"
#include "adapters/aws/refusal.hpp"
#include "wire/envelope.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(Backoff, DrawsEvenlyBelowABoundThatDoubles) {
  struct Case {
    Retry retry;
    int attempt;
    double random;
    Duration wait;
  };
  for (const auto& one :
       {Case{Retry::Transient, 1, 0.0, 0ms}, Case{Retry::Transient, 1, 0.5, 25ms},
        Case{Retry::Timeout, 2, 0.5, 50ms}, Case{Retry::Transient, 3, 0.5, 100ms},
        Case{Retry::Throttling, 1, 0.5, 500ms}, Case{Retry::Throttling, 3, 0.5, 2s},
        Case{Retry::Throttling, 9, 0.5, 10s}, Case{Retry::Transient, 100, 0.25, 5s},
        Case{Retry::ClockSkew, 5, 0.9, 0ms}, Case{Retry::ExpiredKeys, 5, 0.9, 0ms}}) {
    EXPECT_EQ(backoff(one.retry, one.attempt, one.random), one.wait)
        << "attempt " << one.attempt << ", random " << one.random;
  }
}

TEST(RetryBudget, LastsForAHundredRetriesAndComesBackWithSuccess) {
  RetryBudget budget;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(budget.pay(Retry::Throttling));
  }
  EXPECT_FALSE(budget.pay(Retry::Transient));

  budget.refund(Retry::Timeout);
  EXPECT_EQ(budget.left(), 10);
  budget.refund(Retry::Never);
  EXPECT_EQ(budget.left(), 11);
  for (int i = 0; i < 1000; ++i) {
    budget.refund(Retry::Transient);
  }
  EXPECT_EQ(budget.left(), 500);
}

TEST(TokenBucket, LetsABurstThroughAndThenKeepsThePace) {
  TokenBucket bucket{{.per_second = 2.0, .burst = 3}};
  const TimePoint start{};

  EXPECT_EQ(bucket.take(start), 0ms);
  EXPECT_EQ(bucket.take(start), 0ms);
  EXPECT_EQ(bucket.take(start), 0ms);
  EXPECT_EQ(bucket.take(start), 500ms);
  EXPECT_EQ(bucket.take(start), 1s);
  EXPECT_EQ(bucket.take(start + 1s), 500ms);
  EXPECT_EQ(bucket.take(start + 1h), 0ms);
  EXPECT_EQ(bucket.take(start), 0ms) << "a clock set back";
}

struct Judgement {
  const char* code;
  int status;
  ErrorKind kind;
  Retry retry;
};

TEST(Refusal, IsJudgedByItsCodeBeforeItsStatus) {
  for (const auto& one : {
           Judgement{"RequestLimitExceeded", 503, ErrorKind::Throttled, Retry::Throttling},
           Judgement{"Throttling", 400, ErrorKind::Throttled, Retry::Throttling},
           Judgement{"InsufficientInstanceCapacity", 500, ErrorKind::NoCapacity, Retry::Never},
           Judgement{"InternalError", 500, ErrorKind::Unavailable, Retry::Transient},
           Judgement{"RequestTimeout", 400, ErrorKind::Unavailable, Retry::Transient},
           Judgement{"MaxConfigLimitExceeded", 400, ErrorKind::QuotaExceeded, Retry::Never},
           Judgement{"MaxConfigLimitExceededException", 503, ErrorKind::QuotaExceeded,
                     Retry::Never},
           Judgement{"TargetCapacityLimitExceeded", 400, ErrorKind::InvalidInput, Retry::Never},
           Judgement{"OptInRequired", 403, ErrorKind::NotEnabled, Retry::Never},
           Judgement{"AuthFailure", 401, ErrorKind::Denied, Retry::ClockSkew},
           Judgement{"UnauthorizedOperation", 403, ErrorKind::Denied, Retry::Never},
           Judgement{"RequestExpired", 400, ErrorKind::Denied, Retry::ClockSkew},
           Judgement{"RequestInTheFuture", 403, ErrorKind::Denied, Retry::ClockSkew},
           Judgement{"ExpiredTokenException", 400, ErrorKind::Denied, Retry::ExpiredKeys},
           Judgement{"InvalidParameterValue", 400, ErrorKind::InvalidInput, Retry::Never},
           Judgement{"InvalidInstanceID.NotFound", 400, ErrorKind::NotFound, Retry::Never},
           Judgement{"NewAndUnknown", 500, ErrorKind::Unavailable, Retry::Transient},
           Judgement{"NewAndUnknown", 501, ErrorKind::Unavailable, Retry::Never},
           Judgement{"NewAndUnknown", 403, ErrorKind::Denied, Retry::Never},
       }) {
    const auto refusal =
        judge(wire::error_response(wire::kEc2, one.status, {one.code, "words"}), "ec2:Act");
    EXPECT_EQ(refusal.error.kind, one.kind) << one.code;
    EXPECT_EQ(refusal.retry, one.retry) << one.code;
    EXPECT_EQ(refusal.error.message, fmt::format("words ({})", one.code));
  }
}

TEST(Refusal, IsJudgedByItsStatusWhereAwsSaidNothing) {
  for (const auto& one : {
           Judgement{"", 429, ErrorKind::Throttled, Retry::Throttling},
           Judgement{"", 502, ErrorKind::Unavailable, Retry::Transient},
           Judgement{"", 418, ErrorKind::Unavailable, Retry::Never},
           Judgement{"", 403, ErrorKind::Denied, Retry::Never},
           Judgement{"", 404, ErrorKind::NotFound, Retry::Never},
       }) {
    const auto refusal = judge({.status = one.status, .body = "<html><p>x</html>"}, "ec2:Act");
    EXPECT_EQ(refusal.error.kind, one.kind) << one.status;
    EXPECT_EQ(refusal.retry, one.retry) << one.status;
  }
}

TEST(Refusal, IsNotMadeOutOfAnErrorThatIsCutOff) {
  for (const auto& format : {wire::kEc2, wire::kEcs}) {
    auto response = wire::error_response(format, 403, {"ExpiredToken", "words"});
    response.body.resize(response.body.size() - 9);
    const auto refusal = judge(response, "ec2:Act");
    EXPECT_EQ(refusal.error.kind, ErrorKind::Unavailable) << response.body;
    EXPECT_EQ(refusal.retry, Retry::Transient);
  }
}

TEST(Refusal, NamesThePermissionThatIsMissing) {
  const auto refusal =
      judge(wire::error_response(wire::kEc2, 403,
                                 {"UnauthorizedOperation",
                                  "You are not authorized. Encoded authorization failure message: "
                                  "kJx0"}),
            "ec2:GetSpotPlacementScores");

  EXPECT_THAT(refusal.error.hint, HasSubstr("'ec2:GetSpotPlacementScores'"));
  EXPECT_THAT(refusal.error.message, Not(HasSubstr("kJx0")));
}

}  // namespace

}  // namespace spotvane::adapters
