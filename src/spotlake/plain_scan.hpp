#pragma once

#include "market/initial_score.hpp"
#include "spotlake/csv_records.hpp"
#include "spotlake/damage.hpp"
#include "spotlake/score_columns.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace spotvane::spotlake {

/// For tests and fuzzing: what `ScoreScanner` is to find in a snapshot, found in the plainest way.
struct PlainScan {
  market::PoolVariations table;
  std::uint64_t rows = 0;
  std::vector<Damage> damage;
};

/// Any list of pools, as `PoolVariations` has them.
inline std::vector<market::PoolVariation> in_order(std::vector<market::PoolVariation> pools) {
  std::sort(pools.begin(), pools.end(),
            [](const auto& a, const auto& b) { return a.pool < b.pool; });
  return pools;
}

inline PlainScan scan_plainly(const std::string& file, std::string_view text) {
  PlainScan scan;
  FileDamage damage{file};
  std::optional<ScoreColumns> columns;
  bool has_header = false;
  CsvRecords records{[&](std::uint64_t line, const std::vector<std::string_view>& fields) {
    if (!has_header) {
      has_header = true;
      const auto found = find_score_columns(fields);
      if (found) {
        columns = *found;
      } else {
        damage.add(line, found.error().message);
      }
    } else if (columns && fields.size() != columns->width) {
      damage.add(line, fmt::format("{} fields instead of {}", fields.size(), columns->width));
    } else if (columns) {
      const auto type = fields[(*columns)[ScoreColumn::Type]];
      const auto region = fields[(*columns)[ScoreColumn::Region]];
      const auto sps = parse_sps(fields[(*columns)[ScoreColumn::Sps]]);
      const auto interruption = parse_interruption(fields[(*columns)[ScoreColumn::Interruption]]);
      if (!sps || !interruption) {
        damage.add(line, !sps ? sps.error().message : interruption.error().message);
      } else if (type.empty() || region.empty()) {
        damage.add(line, "the row names no instance type or no region");
      } else {
        ++scan.rows;
        scan.table.add(type, region, *sps, *interruption);
      }
    }
  }};
  records.add(text);
  const bool is_closed = records.finish();
  if (!is_closed && (columns || !has_header)) {
    damage.add(records.record_line(), "a quoted field is not closed");
  } else if (!has_header) {
    damage.add(0, "the file is empty");
  }
  scan.damage = std::move(damage).take();
  return scan;
}

}  // namespace spotvane::spotlake
