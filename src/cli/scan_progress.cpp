#include "cli/scan_progress.hpp"

namespace spotvane::cli {

namespace {

constexpr Duration kBetweenShows{100};

}  // namespace

std::string scan_progress_text(std::size_t files_done, std::size_t files, std::uint64_t bytes,
                               Duration elapsed) {
  auto text = fmt::format("{} of {} files", files_done, files);
  const auto seconds = std::chrono::duration<double>{elapsed}.count();
  if (seconds <= 0) {
    return text;
  }
  text += fmt::format(", {:.0f} MB/s", static_cast<double>(bytes) / 1e6 / seconds);
  if (files_done > 0) {
    const auto share_left =
        static_cast<double>(files - files_done) / static_cast<double>(files_done);
    text += fmt::format(", {} left", to_text(std::chrono::ceil<std::chrono::seconds>(
                                         std::chrono::duration<double>{seconds * share_left})));
  }
  return text;
}

void ScanProgressLine::show(std::size_t files_done, std::size_t files, std::uint64_t bytes) {
  const auto now = clock_.now();
  if (last_shown_ && now - *last_shown_ < kBetweenShows) {
    return;
  }
  last_shown_ = now;
  console_.progress(scan_progress_text(files_done, files, bytes, now - begin_));
}

}  // namespace spotvane::cli
