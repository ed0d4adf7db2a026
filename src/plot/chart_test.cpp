#include "plot/chart.hpp"

#include <gmock/gmock.h>

namespace spotvane::plot {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Chart, JoinsPointsAndMarksDots) {
  const auto svg =
      chart_svg({.title = "a < b",
                 .x_label = "hours",
                 .y_label = "$",
                 .lines = {{.label = "joined", .points = {{0, 0}, {10, 5}}},
                           {.label = "dots", .points = {{10, 10}}, .is_joined = false}}});

  // Both axes go from 0 to 10; 852 wide from 76, 320 high below 116.
  EXPECT_THAT(svg, AllOf(HasSubstr("M76 436L932 276"), HasSubstr("M932 116m-3 0h6"),
                         HasSubstr("a &lt; b"), HasSubstr(">hours</text>")));
}

TEST(Chart, IsAPictureWithoutAnyLine) {
  EXPECT_THAT(chart_svg({.title = "nothing", .x_label = "", .y_label = ""}), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace spotvane::plot
