#pragma once

#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::replay {

/// A spot price from then on, until the next.
struct PriceStep {
  TimePoint at;
  Money price;  ///< of an hour

  friend bool operator==(const PriceStep&, const PriceStep&) = default;
};

/// One pool's prices, by time, each different from the one before.
struct PriceSeries {
  std::string type;
  std::string zone;
  std::vector<PriceStep> steps;
};

/// What a price log was made of. A bad row costs itself only.
struct PriceLogCounts {
  std::size_t rows = 0;
  std::size_t bad = 0;        ///< no time, no price above zero, or no pool in them
  std::size_t others = 0;     ///< of other products than Linux
  std::size_t repeated = 0;   ///< said again what another row of that time said
  std::size_t conflicts = 0;  ///< said something else of a time than a row before them: left out
  std::size_t unsorted = 0;   ///< out of their series' order of time: put where they belong
  std::size_t documents = 0;  ///< of JSON, one after another
  std::size_t broken_documents = 0;  ///< that end in the middle, or hold no price history
  std::size_t gaps = 0;              ///< longer than two days between two rows of a pool
};

struct PriceLog {
  std::vector<PriceSeries> series = {};  ///< by type, then zone
  TimePoint last = {};                   ///< the latest time that any good row speaks of
  PriceLogCounts counts = {};
};

/// Reads the log of a market's spot prices for Linux, in any of three forms: what
/// `aws ec2 describe-spot-price-history` prints as JSON (one document, or several one after
/// another) or as text (`SPOTPRICEHISTORY zone type product price time`), or a table with tabs
/// under the names timestamp, az, instance_type, price and, if need be, os (in any order; without
/// the names: timestamp region az instance_type os price). Fails with `Corrupt` where nothing in it
/// makes sense.
Result<PriceLog> parse_price_log(std::string_view text);

/// What a user should be told of the log's faults, one sentence each; none of a good one.
std::vector<std::string> faults_of(const PriceLogCounts& counts);

}  // namespace spotvane::replay
