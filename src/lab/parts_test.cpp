#include "lab/account.hpp"
#include "lab/filter.hpp"
#include "lab/throttle.hpp"

#include <gtest/gtest.h>

namespace spotvane::lab {

namespace {

using namespace std::chrono_literals;

TEST(Fits, KnowsEc2sWildcards) {
  EXPECT_TRUE(fits("m5.large", "m5.large"));
  EXPECT_TRUE(fits("m5.*", "m5.large"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_TRUE(fits("*.*xlarge", "m5.24xlarge"));
  EXPECT_TRUE(fits("m?.large", "m5.large"));
  EXPECT_TRUE(fits("a*b*c", "a-b-b-c"));
  EXPECT_TRUE(fits(R"(5\*)", "5*"));
  EXPECT_FALSE(fits("m5", "m5.large"));
  EXPECT_FALSE(fits("M5.*", "m5.large"));
  EXPECT_FALSE(fits("m?.large", "m.large"));
  EXPECT_FALSE(fits("a*b", "a-c"));
  EXPECT_FALSE(fits(R"(5\*)", "55"));
  EXPECT_FALSE(fits(R"(5\?)", "55"));
  EXPECT_FALSE(fits("", "x"));
}

TEST(Accounts, AreReadFromACredentialsFile) {
  const auto accounts = parse_accounts(
      "# people\n[alice]\naws_access_key_id = AKIDALICE\naws_secret_access_key=a=b\n"
      "account = 210987654321\r\n\n[bob]\naws_access_key_id=ASIABOB\naws_secret_access_key=s\n"
      "aws_session_token=t\nexpires=2026-08-01T12:00:00Z");
  ASSERT_TRUE(accounts);
  ASSERT_EQ(accounts->size(), 2u);
  EXPECT_EQ((*accounts)[0].user, "alice");
  EXPECT_EQ((*accounts)[0].id, "210987654321");
  EXPECT_EQ((*accounts)[0].secret_access_key, "a=b");
  EXPECT_EQ((*accounts)[1].id, kDefaultAccount);
  EXPECT_EQ((*accounts)[1].session_token, "t");
  EXPECT_TRUE((*accounts)[1].expires.has_value());
}

TEST(Accounts, RefusesFilesThatMakeNoSenseWithoutRepeatingSecrets) {
  for (const auto* bad :
       {"aws_access_key_id = AKID\n", "[a]\nSECRET\n", "[a]\ncolour = SECRET\n",
        "[a]\naccount = 12\n", "[a]\naws_access_key_id = AKID\n", "[a]\nexpires = never\n"}) {
    const auto accounts = parse_accounts(bad);
    ASSERT_FALSE(accounts) << bad;
    EXPECT_EQ(accounts.error().kind, ErrorKind::InvalidInput);
    EXPECT_EQ(accounts.error().message.find("SECRET"), std::string::npos);
  }
}

TEST(Throttle, FillsUpAgainButNeverOver) {
  const TimePoint start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
  Throttle throttle{{.burst = 2, .refill_per_second = 1}};
  EXPECT_TRUE(throttle.allow("a", start));
  EXPECT_TRUE(throttle.allow("a", start));
  EXPECT_FALSE(throttle.allow("a", start));
  EXPECT_FALSE(throttle.allow("a", start + 900ms));
  EXPECT_TRUE(throttle.allow("a", start + 1900ms));
  EXPECT_TRUE(throttle.allow("a", start + 1h));
  EXPECT_TRUE(throttle.allow("a", start + 1h));
  EXPECT_FALSE(throttle.allow("a", start + 1h));
}

}  // namespace

}  // namespace spotvane::lab
