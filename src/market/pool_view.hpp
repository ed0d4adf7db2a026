#pragma once

#include "base/money.hpp"
#include "base/result.hpp"
#include "market/availability.hpp"
#include "model/advisor.hpp"
#include "model/market_row.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace spotvane::market {

/// By what pools are put in order. Best first: a low price or band, a high anything else.
enum class PoolOrder : std::uint8_t {
  Availability,
  Type,
  Region,
  Price,
  Savings,
  Band,
  PlacementScore,
};

/// Which pools to look at, and how. A pool of which a bounded value is not known does not fit.
struct PoolQuestion {
  std::string type = {};                 ///< regular expression, to be found in the type's name
  std::set<model::Region> regions = {};  ///< empty: all
  std::set<model::ZoneId> zones = {};    ///< empty: all
  std::optional<int> min_vcpus = {};
  std::optional<int> max_vcpus = {};
  std::optional<double> min_memory_gib = {};
  std::optional<double> max_memory_gib = {};
  std::optional<Money> max_price = {};  ///< spot, per hour
  std::optional<int> min_savings = {};  ///< the advisor's, per cent
  std::optional<int> max_band = {};
  std::optional<int> min_sps = {};
  std::optional<double> min_availability = {};

  PoolOrder order = PoolOrder::Availability;
  bool is_reversed = false;              ///< worst first; what is not known stays last
  bool each_zone = false;                ///< else the first zone of each type and region
  std::optional<std::size_t> most = {};  ///< rows
};

/// A pool and what is said of it. Points into what `view_pools` was given.
struct PoolRow {
  const model::PoolState* pool;
  const model::AdvisedType* type;  ///< null where nothing is known of it
  Availability availability;
};

struct PoolView {
  std::vector<PoolRow> rows;  ///< in order, at most as many as asked for
  std::size_t found = 0;      ///< rows there are without that limit
};

using OwnOutcomesByPool = std::unordered_map<model::Pool, OwnOutcomes>;

/// The pools that fit, in order; equal ones by availability, type, region and zone. Fails with
/// `InvalidInput` where the question's expression is none.
Result<PoolView> view_pools(std::span<const model::PoolState> pools,
                            std::span<const model::AdvisedType> types, const PoolQuestion& question,
                            const OwnOutcomesByPool& own = {});

}  // namespace spotvane::market
