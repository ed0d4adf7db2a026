#include "adapters/aws/refreshing_credentials.hpp"

#include "sim/event_loop.hpp"
#include "support/moments.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::HasSubstr;
using testing::SizeIs;

/// Takes ten seconds for KEY1, KEY2, ..., each good for `lifetime` from when it was asked for.
class SlowFetcher final : public KeyFetcher {
 public:
  explicit SlowFetcher(sim::EventLoop& loop) : loop_{loop} {}

  void fetch(On<SessionKeys> on_keys) override {
    ++fetches;
    const auto asked = loop_.now();
    loop_.after(10s, [this, asked, on_keys = std::move(on_keys)] {
      if (is_down) {
        return on_keys(fail(ErrorKind::Unavailable, "nobody there"));
      }
      on_keys(SessionKeys{.keys = {fmt::format("KEY{}", ++issued), "secret", "token"},
                          .expires = lifetime ? std::optional{asked + *lifetime} : std::nullopt});
    });
  }

  std::optional<Duration> lifetime = 1h;
  bool is_down = false;
  int fetches = 0;
  int issued = 0;

 private:
  sim::EventLoop& loop_;
};

class Refreshing : public testing::Test {
 protected:
  /// What somebody who asks gets within `patience`: a key, an error's message, or nothing yet.
  std::string key_within(Duration patience) {
    // Shared: who waits longer than we do is answered all the same.
    const auto got = std::make_shared<std::string>("(nothing yet)");
    provider_.provide([got](const Result<wire::SigningKeys>& keys) {
      *got = keys ? keys->access_key_id : keys.error().message;
    });
    EXPECT_EQ(*got, "(nothing yet)") << "answered from inside the call";
    loop_.run_for(patience);
    return *got;
  }
  std::string key() { return key_within(11s); }
  std::string key_at_once() { return key_within(1ms); }

  sim::EventLoop loop_{kNoon};
  SlowFetcher* fetcher_ = new SlowFetcher{loop_};  // the provider's
  RefreshingCredentials provider_{std::unique_ptr<KeyFetcher>{fetcher_}, {}, loop_, loop_};
};

TEST_F(Refreshing, FetchesOnceForAllWhoWait) {
  std::vector<std::string> got;
  for (int i = 0; i < 5; ++i) {
    provider_.provide(
        [&](const Result<wire::SigningKeys>& keys) { got.push_back(keys->access_key_id); });
  }
  loop_.run_for(1min);

  EXPECT_THAT(got, SizeIs(5));
  EXPECT_THAT(got, Each("KEY1"));
  EXPECT_EQ(fetcher_->fetches, 1);
  EXPECT_EQ(provider_.expires(), kNoon + 1h);
}

TEST_F(Refreshing, LeavesKeysAloneForMostOfTheirLife) {
  ASSERT_EQ(key(), "KEY1");
  loop_.run_for(44min);

  EXPECT_EQ(key_at_once(), "KEY1");
  EXPECT_EQ(fetcher_->fetches, 1);
}

TEST_F(Refreshing, FetchesAheadAQuarterOfAnHourBeforeTheEndAndLetsNobodyWait) {
  ASSERT_EQ(key(), "KEY1");
  loop_.run_for(45min);

  EXPECT_EQ(key_at_once(), "KEY1");
  EXPECT_EQ(key_at_once(), "KEY1");
  EXPECT_EQ(fetcher_->fetches, 2) << "one at a time";
  loop_.run_for(10s);
  EXPECT_EQ(key_at_once(), "KEY2");
}

TEST_F(Refreshing, LetsWaitTenMinutesBeforeTheEnd) {
  ASSERT_EQ(key(), "KEY1");
  loop_.run_for(50min);

  EXPECT_EQ(key_at_once(), "(nothing yet)");
  EXPECT_EQ(key(), "KEY2");
  EXPECT_EQ(fetcher_->fetches, 2);
}

TEST_F(Refreshing, GoesOnWithTheOldKeysWhileTheyLastWhereThereAreNoNewOnes) {
  ASSERT_EQ(key(), "KEY1");
  fetcher_->is_down = true;

  for (const auto pause : {45min, 2min, 5min, 5min}) {
    loop_.run_for(pause);
    EXPECT_EQ(key(), "KEY1");
  }
  loop_.run_for(5min);
  EXPECT_EQ(key(), "nobody there");

  fetcher_->is_down = false;
  EXPECT_EQ(key(), "KEY2");
}

TEST_F(Refreshing, AsksAMinuteApartWhileThatFails) {
  ASSERT_EQ(key(), "KEY1");
  fetcher_->is_down = true;
  loop_.run_for(45min);
  const int before = fetcher_->fetches;
  for (int second = 0; second < 180; ++second) {
    key_within(1s);
  }

  EXPECT_EQ(fetcher_->fetches - before, 3);
}

TEST_F(Refreshing, FailsAtOnceForAllWhereThereNeverWereKeys) {
  fetcher_->is_down = true;
  EXPECT_EQ(key(), "nobody there");
  EXPECT_EQ(key(), "nobody there");
  EXPECT_EQ(fetcher_->fetches, 2) << "and asks again each time";
}

TEST_F(Refreshing, DoesNotFetchShortLivedKeysForEveryRequest) {
  fetcher_->lifetime = 5min;
  ASSERT_EQ(key(), "KEY1");
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(key_within(1s), "KEY1");
  }
  EXPECT_EQ(fetcher_->fetches, 1);

  loop_.run_for(30s);
  EXPECT_EQ(key(), "KEY2");
}

TEST_F(Refreshing, KeepsKeysThatNeverExpire) {
  fetcher_->lifetime = std::nullopt;
  ASSERT_EQ(key(), "KEY1");
  loop_.run_for(1000h);

  EXPECT_EQ(key_at_once(), "KEY1");
  EXPECT_EQ(provider_.expires(), std::nullopt);
}

TEST_F(Refreshing, RefusesKeysThatHaveExpiredWhenTheyCome) {
  fetcher_->lifetime = 10s;
  EXPECT_THAT(key(), HasSubstr("had expired at 2026-08-01T12:00:10Z"));
}

TEST_F(Refreshing, FetchesOthersOnceAwsRefusedThese) {
  ASSERT_EQ(key(), "KEY1");
  loop_.run_for(20min);

  EXPECT_TRUE(provider_.renew());
  EXPECT_TRUE(provider_.renew());
  EXPECT_EQ(key(), "KEY2");
  // A request that was under way with the old ones all the while.
  EXPECT_TRUE(provider_.renew());
  EXPECT_EQ(key_at_once(), "KEY2");
}

TEST_F(Refreshing, DoesNotGoBackToKeysThatAwsRefused) {
  ASSERT_EQ(key(), "KEY1");
  loop_.run_for(20min);
  fetcher_->is_down = true;

  EXPECT_TRUE(provider_.renew());
  EXPECT_EQ(key(), "nobody there");
  EXPECT_EQ(key(), "nobody there");
}

}  // namespace

}  // namespace spotvane::adapters
