#include "cli/market_tables.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace spotvane::cli {
namespace {

using testing::ElementsAre;

TEST(MarketTables, MarkPricesAboveOnDemand) {
  const auto state = [](std::optional<double> spot, std::optional<double> on_demand) {
    const auto money = [](std::optional<double> usd) {
      return usd ? std::optional{Money::from_dollars(*usd)} : std::nullopt;
    };
    return model::MarketChange{
        .at = {},
        .pool = {model::InstanceType{"m5.large"}, model::Region{"us-east-1"}, {}},
        .state = {.spot_price = money(spot), .on_demand_price = money(on_demand)}};
  };

  const auto table =
      market_change_table({state(0.1, 0.096), state(0.096, 0.096), state(0.1, {}), state({}, 0.1)},
                          market::ZoneNames{});

  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [](const auto& one) { return one.name == "above_ondemand"; });
  ASSERT_NE(column, table.columns.end());
  std::vector<std::string> marks;
  for (const auto& row : table.rows) {
    marks.push_back(to_plain_text(row[static_cast<std::size_t>(column - table.columns.begin())]));
  }
  EXPECT_THAT(marks, ElementsAre("true", "false", "", ""));
}

}  // namespace
}  // namespace spotvane::cli
