#include "cli/console.hpp"

namespace spotvane::cli {

void Console::print(std::string_view text) {
  clear_progress();
  const auto written = std::fwrite(text.data(), 1, text.size(), options_.out);
  if (written != text.size() || std::fflush(options_.out) != 0) {
    has_lost_output_ = true;
  }
}

void Console::say(std::string_view line) {
  if (!options_.is_quiet) {
    warn(line);
  }
}

void Console::warn(std::string_view line) {
  clear_progress();
  fmt::print(options_.err, "{}\n", line);
}

void Console::progress(std::string_view line) {
  if (!shows_progress()) {
    return;
  }
  const auto room = static_cast<std::size_t>(options_.width > 1 ? options_.width - 1 : 79);
  fmt::print(options_.err, "\r\x1b[K{}", line.substr(0, room));
  std::fflush(options_.err);
  has_progress_ = true;
}

void Console::clear_progress() {
  if (has_progress_) {
    fmt::print(options_.err, "\r\x1b[K");
    std::fflush(options_.err);
    has_progress_ = false;
  }
}

void Console::error(const Error& error) {
  warn(fmt::format("error: {}", error.message));
  if (!error.hint.empty()) {
    warn(fmt::format("hint: {}", error.hint));
  }
}

}  // namespace spotvane::cli
