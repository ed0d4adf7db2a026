#include "plot/ready_plot.hpp"

#include <gmock/gmock.h>

namespace spotvane::plot {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

TEST(ReadyPlot, StepsUpAtEachChangeAndGoesOnToTheEnd) {
  const auto svg = ready_svg({.title = "a < b",
                              .curves = {{.label = "m5.large@us-east-1",
                                          .asked = 4,
                                          .span = 100s,
                                          .steps = {{50s, 1}, {80s, 4}}}}});

  // 0 to 100 s lie between 64 and 932; a share of 1 is 280 above the bottom, at 360.
  EXPECT_THAT(svg, AllOf(HasSubstr("M64 360H498V290H758.4V80H932"), HasSubstr("a &lt; b"),
                         HasSubstr("m5.large@us-east-1</text>"), HasSubstr("seconds since")));
}

TEST(ReadyPlot, IsAPictureWithoutAnyCurve) {
  EXPECT_THAT(ready_svg({.title = "nothing"}), HasSubstr("</svg>"));
}

}  // namespace
}  // namespace spotvane::plot
