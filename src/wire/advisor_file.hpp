#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::wire {

/// One entry of the Spot Advisor's file.
struct AdvisorRow {
  std::string region;
  std::string os;  ///< "Linux", "Windows"
  std::string type;
  int band = 0;             ///< the file's "r", 0..4
  int savings_percent = 0;  ///< the file's "s"; may be negative

  friend bool operator==(const AdvisorRow&, const AdvisorRow&) = default;
};

/// What the file says of an instance type.
struct AdvisorType {
  std::string type;
  int cores = 0;
  double ram_gb = 0.0;
  bool works_with_emr = false;

  friend bool operator==(const AdvisorType&, const AdvisorType&) = default;
};

struct AdvisorFile {
  std::vector<AdvisorRow> rows;    ///< by region, system and type
  std::vector<AdvisorType> types;  ///< by name; those that make no sense are left out
  std::size_t bad_rows = 0;        ///< left out because they made no sense
};

/// Reads spot-advisor-data.json. A bad entry costs itself only. Fails with `Corrupt` where the
/// whole is no such file.
Result<AdvisorFile> read_advisor_file(std::string_view text);

/// Writes such a file.
std::string write_advisor_file(std::span<const AdvisorRow> rows,
                               std::span<const AdvisorType> types = {});

}  // namespace spotvane::wire
