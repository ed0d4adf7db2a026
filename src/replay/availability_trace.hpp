#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/text_files.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::replay {

/// Where spot was to be had in one zone, tick by tick.
struct AvailabilityTrace {
  std::string zone;
  Duration gap;                         ///< from one tick to the next
  std::vector<std::uint8_t> available;  ///< 1 or 0, of each tick

  double availability() const;  ///< share of the ticks with spot
};

/// What the numbers of a trace file say. Both conventions are about, and mixing them up turns every
/// result round.
struct TraceConvention {
  enum class Ones : std::uint8_t {
    Available,  ///< how many instances ran: skypilot-org/spot-traces
    Preempted,  ///< 1 where there was none: input files of the simulator of "Can't Be Late"
  };
  Ones ones = Ones::Available;
  int nodes = 1;  ///< under `Available`: spot counts as there where so many ran
};

/// Reads `{"metadata": {"gap_seconds": 600}, "data": [1, 0, ...]}`. Fails with `Corrupt`, naming
/// what is wrong and where.
Result<AvailabilityTrace> parse_trace(std::string zone, std::string_view text,
                                      TraceConvention convention);

/// Reads a trace file, or all of a folder that are named `<zone>.json`, in the order of their
/// names. Fails with `NotFound` where there is none, else as `parse_trace` and `TextFiles` do.
Result<std::vector<AvailabilityTrace>> read_traces(TextFiles& files,
                                                   const std::filesystem::path& path,
                                                   TraceConvention convention);

/// A stretch of a zone's trace in which a job is to be done.
struct Window {
  std::string zone;
  std::int64_t i = 0;     ///< its number within the zone
  std::size_t begin = 0;  ///< ticks: [begin, end)
  std::size_t end = 0;
};

/// Reads CSV with the columns zone, i, start, end. Fails with `Corrupt`, naming the line: a window
/// that ends before it starts, or comes twice.
Result<std::vector<Window>> parse_windows(std::string_view csv);

}  // namespace spotvane::replay
