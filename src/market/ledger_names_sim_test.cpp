#include "market/ledger_names.hpp"

#include "sim/memory_state_store.hpp"

#include <gtest/gtest.h>

namespace spotvane::market {
namespace {

TEST(LedgerNames, AreTheProfilesOwnUntilAwsSaysMore) {
  sim::MemoryStateStore state;

  EXPECT_EQ(LedgerNames::load(state)->of("research").text(), "research");
}

TEST(LedgerNames, AreOneForAllProfilesOfAnAccount) {
  sim::MemoryStateStore state;
  auto names = LedgerNames::load(state).value();

  EXPECT_EQ(names.meet("research", "111111111111").text(), "research");
  EXPECT_EQ(names.meet("research-admin", "111111111111").text(), "research");
  EXPECT_EQ(names.meet("other", "222222222222").text(), "other");
  EXPECT_EQ(names.account_of(model::CredentialName{"research"}), "111111111111");
  EXPECT_EQ(names.account_of(model::CredentialName{"nobody"}), "");
}

TEST(LedgerNames, AreRemembered) {
  sim::MemoryStateStore state;
  {
    auto names = LedgerNames::load(state).value();
    names.meet("a name with blanks", "111111111111");
    names.meet("another", "111111111111");
    ASSERT_TRUE(names.save(state));
  }

  const auto names = LedgerNames::load(state).value();
  EXPECT_EQ(names.of("another").text(), "a name with blanks");
  EXPECT_EQ(names.account_of(model::CredentialName{"a name with blanks"}), "111111111111");
}

TEST(LedgerNames, LeaveAnAccountsLedgerAloneWhenAProfileLeadsElsewhere) {
  sim::MemoryStateStore state;
  auto names = LedgerNames::load(state).value();
  names.meet("work", "111111111111");

  EXPECT_EQ(names.meet("work", "222222222222").text(), "work@222222222222");
  EXPECT_EQ(names.of("work").text(), "work@222222222222");
  EXPECT_EQ(names.meet("old-work", "111111111111").text(), "work");
}

}  // namespace
}  // namespace spotvane::market
