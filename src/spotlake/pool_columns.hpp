#pragma once

#include "base/result.hpp"
#include "model/market_row.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace spotvane::spotlake {

/// A row of a snapshot as values. The names live as long as the fields they were read from.
struct PoolValues {
  std::string_view instance_type;
  std::string_view region;
  std::string_view zone;
  model::MarketState state;
};

/// Where one file has what, and how a row of it becomes values.
class PoolColumns {
 public:
  /// Finds the columns by name, in any order; "T2", "T3", "Savings", "SpotPrice" and
  /// "OndemandPrice" may be missing. Fails with `Corrupt`, naming the first that must not be.
  static Result<PoolColumns> find(const std::vector<std::string_view>& header);

  /// Empty cells and -1 are missing values. Fails with `Corrupt`, saying what of the row makes no
  /// sense.
  Result<PoolValues> read(const std::vector<std::string_view>& fields) const;

 private:
  static constexpr std::size_t kColumns = 10;

  std::array<std::size_t, kColumns> places_{};
  std::size_t width_ = 0;
};

}  // namespace spotvane::spotlake
