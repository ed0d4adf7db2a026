#include "plot/history_plot.hpp"

#include "plot/svg.hpp"
#include "support/moments.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <regex>
#include <string>

namespace spotvane::plot {
namespace {

using namespace std::chrono_literals;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct Known {
  std::optional<std::int16_t> sps = {};
  std::optional<std::int16_t> band = {};
  std::optional<double> price = {};
};

model::MarketChange change(Duration after, const Known& known) {
  model::MarketChange change{.at = kMidnight + after, .pool = {}, .state = {}};
  change.state.sps = known.sps;
  change.state.band = known.band;
  if (known.price) {
    change.state.spot_price = Money::from_dollars(*known.price);
    change.state.on_demand_price = Money::from_dollars(1);
  }
  return change;
}

HistoryPlot plot(std::vector<PoolTrack> tracks) {
  return {
      .title = "m5.large", .from = kMidnight, .to = kMidnight + 24h, .tracks = std::move(tracks)};
}

/// The paths that belong to `label`.
std::vector<std::string> paths(const std::string& svg, const std::string& label) {
  const std::regex path{"<path class=\"line [^\"]*\" d=\"([^\"]*)\"><title>" + label + "</title>"};
  std::vector<std::string> found;
  for (std::sregex_iterator match{svg.begin(), svg.end(), path}; match != std::sregex_iterator{};
       ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

std::size_t count(const std::string& text, char letter) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), letter));
}

TEST(HistoryPlot, StepsOnceForEachTimeAValueChanges) {
  const auto svg = history_svg(plot({{"one",
                                      {change(0h, {.sps = 3}), change(6h, {.sps = 3, .band = 1}),
                                       change(12h, {.sps = 7, .band = 1})}}}));

  const auto scores = paths(svg, "one");
  ASSERT_THAT(scores, SizeIs(1));
  EXPECT_THAT(scores[0], testing::MatchesRegex("M84 [0-9.]+H508V[0-9.]+H932"));
}

TEST(HistoryPlot, LeavesAGapWhereAValueIsMissingOrThePoolHadCeased) {
  auto ceased = change(18h, {});
  ceased.has_ceased = true;
  const auto svg = history_svg(
      plot({{"one",
             {change(0h, {.price = 0.3}), change(6h, {}), change(12h, {.price = 0.4}), ceased}}}));

  const auto prices = paths(svg, "one");
  ASSERT_THAT(prices, SizeIs(2)) << "beside on-demand and alone";
  EXPECT_THAT(prices, Each(testing::MatchesRegex("M84 [0-9.]+H296M508 [0-9.]+H720")));
}

TEST(HistoryPlot, BeginsWithWhatWasInForceBeforeItsTime) {
  const auto svg = history_svg(plot(
      {{"one", {change(-48h, {.sps = 3}), change(-1h, {.sps = 9}), change(30h, {.sps = 1})}}}));

  const auto scores = paths(svg, "one");
  ASSERT_THAT(scores, SizeIs(1));
  EXPECT_THAT(scores[0], testing::MatchesRegex("M84 [0-9.]+H932"));
}

TEST(HistoryPlot, PutsAHigherValueHigher) {
  const auto height = [](std::int16_t sps) {
    const auto svg = history_svg(plot({{"one", {change(0h, {.sps = sps})}}}));
    return std::stod(paths(svg, "one").at(0).substr(4));
  };
  for (std::int16_t sps = 1; sps < 10; ++sps) {
    EXPECT_GT(height(sps), height(static_cast<std::int16_t>(sps + 1)));
  }
}

TEST(HistoryPlot, DrawsWhatZonesHaveInCommonOnce) {
  const auto svg = history_svg(plot({{"one", {change(0h, {.band = 2, .price = 0.3})}},
                                     {"two", {change(0h, {.band = 2, .price = 0.4})}}}));

  EXPECT_THAT(paths(svg, "one"), SizeIs(2));
  EXPECT_THAT(paths(svg, "two"), SizeIs(2));
  EXPECT_THAT(paths(svg, "on-demand"), SizeIs(1));
  EXPECT_THAT(paths(svg, "all zones"), SizeIs(1));
}

TEST(HistoryPlot, KeepsEqualScoresOfTwoZonesApart) {
  const auto svg =
      history_svg(plot({{"one", {change(0h, {.sps = 5})}}, {"two", {change(0h, {.sps = 5})}}}));

  EXPECT_NE(paths(svg, "one"), paths(svg, "two"));
}

TEST(HistoryPlot, GivesEachZoneALookOfItsOwn) {
  std::vector<PoolTrack> tracks;
  for (int i = 0; i < 20; ++i) {
    tracks.push_back({fmt::format("zone {}", i), {change(0h, {.sps = 5})}});
  }
  const auto svg = history_svg(plot(tracks));

  const std::regex line{"<path class=\"line ([^\"]*)\" d=\"[^\"]*\"><title>zone"};
  std::vector<std::string> looks;
  for (std::sregex_iterator match{svg.begin(), svg.end(), line}; match != std::sregex_iterator{};
       ++match) {
    looks.push_back((*match)[1]);
  }
  ASSERT_THAT(looks, SizeIs(20));
  std::sort(looks.begin(), looks.end());
  EXPECT_EQ(std::adjacent_find(looks.begin(), looks.end()), looks.end());
  EXPECT_EQ(history_svg(plot(tracks)), svg) << "the same plot gives the same text";
}

TEST(HistoryPlot, SaysWhereNothingIsKnown) {
  const auto svg = history_svg(plot({{"one", {change(0h, {})}}}));

  EXPECT_THAT(paths(svg, "one"), IsEmpty());
  EXPECT_THAT(svg, HasSubstr("nothing is known of it"));
}

TEST(HistoryPlot, TakesAnyTextForALabel) {
  auto strange = plot({{"a<b>&\"c\"\x01", {change(0h, {.sps = 5})}}});
  strange.title = "</title>";

  const auto svg = history_svg(strange);

  EXPECT_THAT(svg, HasSubstr("<title>a&lt;b&gt;&amp;&quot;c&quot;\xEF\xBF\xBD</title>"));
  EXPECT_THAT(svg, HasSubstr("<title>&lt;/title&gt;</title>"));
  EXPECT_EQ(count(svg, '<'), count(svg, '>'));
}

TEST(HistoryPlot, HasNothingThatIsNoNumberInIt) {
  for (const double price : {0.0, 1e-6, 0.0371, 27.4, 1e6}) {
    for (const Duration span : {Duration{1}, Duration{10min}, Duration{24h * 365 * 20}}) {
      auto any = plot({{"one", {change(0h, {.sps = 1, .band = 4, .price = price})}}});
      any.to = any.from + span;
      const auto svg = history_svg(any);

      EXPECT_THAT(svg, Not(HasSubstr("nan")));
      EXPECT_THAT(svg, Not(HasSubstr("inf ")));
      EXPECT_THAT(paths(svg, "one"), SizeIs(3));
    }
  }
}

}  // namespace
}  // namespace spotvane::plot
