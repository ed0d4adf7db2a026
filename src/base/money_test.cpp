#include "base/money.hpp"

#include <gmock/gmock.h>

namespace spotvane {
namespace {

TEST(Money, ReadsPlainDecimalsExactly) {
  EXPECT_EQ(Money::parse("0.096")->micros(), 96'000);
  EXPECT_EQ(Money::parse("0.0960000000")->micros(), 96'000);
  EXPECT_EQ(Money::parse("12")->micros(), 12'000'000);
  EXPECT_EQ(Money::parse("-1.5")->micros(), -1'500'000);
}

TEST(Money, RoundsBeyondAMillionth) {
  EXPECT_EQ(Money::parse("0.0000005")->micros(), 1);
  EXPECT_EQ(Money::parse("0.00000049999")->micros(), 0);
  EXPECT_EQ(Money::parse("0.9999999")->micros(), 1'000'000);
  EXPECT_EQ(Money::from_dollars(0.1).micros(), 100'000);
}

TEST(Money, RefusesWhatIsNotAnAmount) {
  for (const auto* text :
       {"", ".", "1.", ".5", "1e3", "nan", " 1", "1 ", "--1", "99999999999999999999"}) {
    EXPECT_FALSE(Money::parse(text)) << text;
  }
}

TEST(Money, WritesNoMorePlacesThanItNeeds) {
  EXPECT_EQ(to_text(Money::from_micros(96'000)), "0.096");
  EXPECT_EQ(to_text(Money::from_micros(12'000'000)), "12");
  EXPECT_EQ(to_text(Money::from_micros(-500'000)), "-0.5");
  EXPECT_EQ(to_text_six_places(Money::from_micros(43'700)), "0.043700");
}

}  // namespace
}  // namespace spotvane
