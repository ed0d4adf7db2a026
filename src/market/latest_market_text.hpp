#pragma once

#include "model/market_row.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace spotvane::market {

/// Puts together the text that `parse_latest_market` reads, pool by pool. The pools' names must
/// outlive it.
class LatestMarketWriter {
 public:
  void add(const model::Pool& pool, const model::MarketState& state);

  /// Empty where one of the names cannot be written: it is empty, or has a blank in it.
  std::string text(TimePoint cycle) const;

 private:
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places_;
  std::string place_lines_;
  std::unordered_map<std::string_view, std::string> lines_;  // of each type
  bool is_writable_ = true;
};

}  // namespace spotvane::market
