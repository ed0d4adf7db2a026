#include "base/time.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

namespace spotvane {
namespace {

using namespace std::chrono_literals;

TEST(Time, ReadsTheFormsAwsAndSpotLakeWrite) {
  for (const auto* text :
       {"2026-08-01T12:00:00Z", "2026-08-01 12:00:00", "2026-08-01T12:00:00.000Z",
        "2026-08-01T12:00:00+00:00", "2026-08-01T14:00:00+02:00", "2026-08-01T06:30:00-05:30"}) {
    ASSERT_TRUE(parse_time(text)) << text;
    EXPECT_EQ(*parse_time(text), kNoon) << text;
  }
  EXPECT_EQ(*parse_time("2026-08-01T12:00:00.123456Z"), kNoon + 123ms);
  EXPECT_EQ(*parse_time("2026-08-01"), kNoon - 12h);
}

TEST(Time, RefusesWhatIsNotATime) {
  for (const auto* text : {"", "2026-02-30", "2026-08-01T24:00:00Z", "2026-08-01T12:00",
                           "yesterday", "2026-08-01T12:00:00ZZ", "2026-8-1", "-026-08-01",
                           "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Time, CountsHoursWithTheirParts) {
  EXPECT_EQ(in_hours(90min), 1.5);
  EXPECT_EQ(in_hours(-1h), -1);
  EXPECT_EQ(in_hours(36ms), 1e-5);
}

TEST(Time, WritesIso8601) {
  EXPECT_EQ(to_iso8601(kNoon), "2026-08-01T12:00:00Z");
  EXPECT_EQ(to_iso8601(kNoon + 250ms), "2026-08-01T12:00:00.250Z");
  EXPECT_EQ(to_iso8601(day_of(kNoon)), "2026-08-01");
  EXPECT_EQ(to_iso8601(month_of(day_of(kNoon))), "2026-08");
}

TEST(Time, WritesWhateverItReads) {
  for (const auto* text :
       {"0000-01-01T00:00:00Z", "1013-02-28T18:07:34Z", "1969-12-31T23:59:59.999Z",
        "2262-04-12T00:00:00Z", "9999-12-31T23:59:59.999Z"}) {
    ASSERT_TRUE(parse_time(text)) << text;
    EXPECT_EQ(to_iso8601(*parse_time(text)), text);
  }
}

TEST(Duration, ReadsAndWritesUnits) {
  EXPECT_EQ(*parse_duration("10m"), 10min);
  EXPECT_EQ(*parse_duration("1h30m"), 90min);
  EXPECT_EQ(*parse_duration("250ms"), 250ms);
  EXPECT_EQ(*parse_duration("2d"), 48h);
  EXPECT_EQ(*parse_duration("0.2h"), 12min);
  EXPECT_EQ(*parse_duration("0.02h"), 72s);
  EXPECT_EQ(*parse_duration("1.5h0.25m"), 90min + 15s);
  EXPECT_FALSE(parse_duration("1.h"));
  EXPECT_FALSE(parse_duration(".5h"));
  EXPECT_EQ(*parse_duration("36500d"), 36500 * 24h);
  EXPECT_FALSE(parse_duration("36500d1ms"));
  EXPECT_FALSE(parse_duration("10"));
  EXPECT_FALSE(parse_duration("-1m"));
  EXPECT_FALSE(parse_duration(""));
  EXPECT_EQ(to_text(Duration{90min}), "1h30m");
  EXPECT_EQ(to_text(Duration{0}), "0s");
}

}  // namespace
}  // namespace spotvane
