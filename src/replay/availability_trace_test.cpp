#include "replay/availability_trace.hpp"

#include <gmock/gmock.h>

namespace spotvane::replay {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Ones = TraceConvention::Ones;

std::string document(std::string_view data) {
  return fmt::format(R"({{"metadata": {{"gap_seconds": 600}}, "data": {}}})", data);
}

std::string complaint(std::string_view text, TraceConvention convention = {}) {
  const auto trace = parse_trace("zone", text, convention);
  EXPECT_FALSE(trace) << text;
  if (trace) {
    return {};
  }
  EXPECT_EQ(trace.error().kind, ErrorKind::Corrupt) << text;
  return trace.error().message;
}

TEST(AvailabilityTrace, ReadsOnesAsAvailableUnlessToldOtherwise) {
  const auto text = document("[1, 0, 0]");

  const auto trace = parse_trace("us-west-2a", text, {});

  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_EQ(trace->zone, "us-west-2a");
  EXPECT_EQ(trace->gap, std::chrono::minutes{10});
  EXPECT_THAT(trace->available, ElementsAre(1, 0, 0));
  EXPECT_THAT(parse_trace("", text, {.ones = Ones::Preempted})->available, ElementsAre(0, 1, 1));
}

TEST(AvailabilityTrace, OfCountsHasSpotWhereEnoughNodesRan) {
  EXPECT_THAT(parse_trace("", document("[0, 4, 3, 16]"), {.nodes = 4})->available,
              ElementsAre(0, 1, 0, 1));
}

TEST(AvailabilityTrace, OfCountsIsNotOneOfPreemptions) {
  EXPECT_THAT(complaint(document("[0, 4]"), {.ones = Ones::Preempted}),
              HasSubstr("'data' has 4 at tick 1"));
}

TEST(AvailabilityTrace, SaysWhatIsWrongWithADamagedOneAndWhere) {
  EXPECT_THAT(complaint(document("[1, null]")), HasSubstr("'null' at tick 1"));
  EXPECT_THAT(complaint(document("[1, 0.5]")), HasSubstr("0.5 at tick 1"));
  EXPECT_THAT(complaint(document("[1, -1]")), HasSubstr("-1 at tick 1"));
  EXPECT_THAT(complaint(document("[1, NaN]")), HasSubstr("not JSON at byte 48"));
  EXPECT_THAT(complaint(document("[]")), HasSubstr("'data' is missing, empty"));
  EXPECT_THAT(complaint("[1, 0]"), HasSubstr("expected an object"));
  EXPECT_THAT(complaint(R"({"data": [1]})"), HasSubstr("gap_seconds' is missing"));
  EXPECT_THAT(complaint(R"({"metadata": {"gap_seconds": 0}, "data": [1]})"),
              HasSubstr("must be between"));
  EXPECT_THAT(complaint(""), HasSubstr("not JSON"));
}

TEST(AvailabilityTrace, IsTheOnlyDocumentOfItsFile) {
  EXPECT_THAT(complaint(document("[1]") + "\n" + document("[0]")),
              HasSubstr("a second JSON document begins at byte"));
}

TEST(Windows, AreReadLineByLine) {
  const auto windows = parse_windows("zone,i,start,end\r\na,0,684,1238\r\nb,2,0,554\n");

  ASSERT_TRUE(windows) << windows.error().message;
  ASSERT_EQ(windows->size(), 2U);
  EXPECT_EQ((*windows)[1].zone, "b");
  EXPECT_EQ((*windows)[1].i, 2);
  EXPECT_EQ((*windows)[0].begin, 684U);
  EXPECT_EQ((*windows)[0].end, 1238U);
}

TEST(Windows, SayWhichLineIsWrong) {
  const auto message = [](std::string_view rows) {
    const auto windows = parse_windows(fmt::format("zone,i,start,end\n{}", rows));
    return windows ? std::string{"nothing"} : windows.error().message;
  };
  EXPECT_THAT(message("a,0,1,2\na,0,5,6\n"), HasSubstr("line 3: window 0 of 'a' comes twice"));
  EXPECT_THAT(message("a,0,2,2\n"), HasSubstr("line 2: the window ends at tick 2"));
  EXPECT_THAT(message("a,0,nan,2\n"), HasSubstr("line 2: expected whole numbers"));
  EXPECT_THAT(message("a,0,1\n"), HasSubstr("line 2: expected 'zone,i,start,end'"));
  EXPECT_THAT(message(""), HasSubstr("no window"));
  EXPECT_THAT(parse_windows("start,end\n").error().message, HasSubstr("line 1"));
}

}  // namespace
}  // namespace spotvane::replay
