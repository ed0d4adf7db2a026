#include "adapters/system/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace spotvane::adapters {

namespace {

constexpr int kUsualWidth = 80;

}  // namespace

bool is_terminal(std::FILE* stream) {
  return isatty(fileno(stream)) == 1;
}

int terminal_width(std::FILE* stream) {
  winsize size{};
  const bool is_known = ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : kUsualWidth;
}

}  // namespace spotvane::adapters
