#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::cli {

/// Somebody's CSV (RFC 4180): names in the first row.
struct CsvTable {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;

  std::optional<std::size_t> column(std::string_view name) const;
};

/// Fails with `Corrupt`, naming the line: a row with more or fewer fields than there are names, a
/// quote that is not closed.
Result<CsvTable> parse_csv_table(std::string_view text);

}  // namespace spotvane::cli
