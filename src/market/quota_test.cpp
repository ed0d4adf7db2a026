#include "market/quota.hpp"

#include "support/moments.hpp"

#include <gtest/gtest.h>

namespace spotvane::market {
namespace {

using namespace std::chrono_literals;

Quota fresh() {
  return Quota{{.credential = model::CredentialName{"default"}}, {}, kNoon};
}

TEST(Quota, IsUnlimitedUntilARefusalTeachesOtherwise) {
  auto quota = fresh();
  for (const auto* name : {"a", "b", "c"}) {
    quota.use(name, kNoon);
    EXPECT_TRUE(quota.accepted());
  }
  EXPECT_EQ(quota.limit(), 0);
  EXPECT_GT(quota.room(), 1'000);
  EXPECT_EQ(quota.learned().largest_accepted, 3);

  quota.use("d", kNoon);
  const auto entry = quota.refused("d", kNoon);

  EXPECT_EQ(entry.outcome, model::Outcome::Refused);
  EXPECT_EQ(quota.limit(), 3);
  EXPECT_EQ(quota.room(), 0);
  EXPECT_FALSE(quota.is_live("d"));
}

TEST(Quota, CountsAConfigurationADayAfterItsLastUseAndAMargin) {
  const model::LedgerEntry use{.credential = model::CredentialName{"default"},
                               .configuration = "a",
                               .first_used = kNoon - 48h,
                               .last_used = kNoon};
  const model::QuotaLimit limit{.credential = use.credential,
                                .largest_accepted = 1,
                                .refused_beyond = 1,
                                .refused_at = kNoon};

  EXPECT_EQ((Quota{limit, {use}, kNoon + 24h + 9min}.room()), 0);
  EXPECT_EQ((Quota{limit, {use}, kNoon + 24h + 10min}.live()), 0);
}

TEST(Quota, IsRenewedByARepeatWhichCostsNothing) {
  auto quota = fresh();
  quota.use("a", kNoon);

  const auto again = quota.use("a", kNoon + 10min);

  EXPECT_EQ(quota.live(), 1);
  EXPECT_EQ(again.first_used, kNoon);
  EXPECT_EQ(again.last_used, kNoon + 10min);
}

TEST(Quota, IsLoweredByAnEarlierRefusal) {
  auto quota = Quota{{.credential = model::CredentialName{"default"},
                      .largest_accepted = 50,
                      .refused_beyond = 50,
                      .refused_at = kNoon - 48h},
                     {},
                     kNoon};
  quota.use("a", kNoon);
  quota.accepted();
  quota.use("b", kNoon);
  quota.refused("b", kNoon);

  EXPECT_EQ(quota.limit(), 1);
}

TEST(Quota, AsksNothingNewForADayWhereTheVeryFirstWasRefused) {
  auto quota = fresh();
  const auto entry = quota.refused("a", kNoon);

  EXPECT_EQ(quota.room(), 0);
  EXPECT_EQ((Quota{quota.learned(), {entry}, kNoon + 24h}.room()), 0);
  EXPECT_EQ((Quota{quota.learned(), {entry}, kNoon + 25h}.room()), 1);
}

TEST(Quota, ForgetsARefusalAfterAQuarter) {
  const model::QuotaLimit limit{.credential = model::CredentialName{"default"},
                                .largest_accepted = 10,
                                .refused_beyond = 10,
                                .refused_at = kNoon};

  EXPECT_EQ((Quota{limit, {}, kNoon + std::chrono::days{90}}.limit()), 10);
  EXPECT_EQ((Quota{limit, {}, kNoon + std::chrono::days{91}}.limit()), 0);
}

}  // namespace
}  // namespace spotvane::market
