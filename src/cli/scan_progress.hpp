#pragma once

#include "base/time.hpp"
#include "cli/console.hpp"
#include "ports/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace spotvane::cli {

/// The progress line of a command that goes through many files: how far, how fast, how much longer.
/// Shown ten times a second at most, however often it is told.
class ScanProgressLine {
 public:
  ScanProgressLine(Console& console, const Clock& clock)
      : console_{console}, clock_{clock}, begin_{clock.now()} {}

  void show(std::size_t files_done, std::size_t files, std::uint64_t bytes);

 private:
  Console& console_;
  const Clock& clock_;
  TimePoint begin_;
  std::optional<TimePoint> last_shown_;
};

/// "12 of 72 files, 1,410 MB/s, 3s left".
std::string scan_progress_text(std::size_t files_done, std::size_t files, std::uint64_t bytes,
                               Duration elapsed);

}  // namespace spotvane::cli
