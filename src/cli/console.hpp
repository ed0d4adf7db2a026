#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/clock.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace spotvane::cli {

/// Where a command speaks: results on `out`, talk on `err`.
///
/// Talk that only helps while one watches (progress) appears on a terminal alone.
class Console {
 public:
  struct Options {
    std::FILE* out;
    std::FILE* err;
    bool err_is_terminal = false;
    bool is_quiet = false;
    int width = 80;  ///< columns of the terminal
  };

  explicit Console(Options options) : options_{options} {}

  void print(std::string_view text);     ///< results
  void say(std::string_view line);       ///< one line of talk, unless quiet
  void warn(std::string_view line);      ///< one line that must be seen
  void progress(std::string_view line);  ///< replaces the progress line before it
  void clear_progress();
  void error(const Error& error);

  bool shows_progress() const { return options_.err_is_terminal && !options_.is_quiet; }
  void be_quiet() { options_.is_quiet = true; }

  /// Whether results were printed that did not arrive: the disk was full, say.
  bool has_lost_output() const { return has_lost_output_; }

 private:
  Options options_;
  bool has_progress_ = false;
  bool has_lost_output_ = false;
};

}  // namespace spotvane::cli
