#include "adapters/lake/spill_folder.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace spotvane::adapters {
namespace {

constexpr std::string_view kPrefix = ".spill-";

/// Of ".spill-PID-N".
bool is_abandoned(const std::string& name) {
  if (!name.starts_with(kPrefix)) {
    return false;
  }
  const auto parts = split(std::string_view{name}.substr(kPrefix.size()), '-');
  const auto process = parse_integer(parts.empty() ? "" : parts.front());
  return process && *process > 0 && ::kill(static_cast<pid_t>(*process), 0) != 0 && errno == ESRCH;
}

}  // namespace

std::filesystem::path new_spill_folder(const std::filesystem::path& root) {
  static std::atomic<int> counter{0};
  return root / fmt::format("{}{}-{}", kPrefix, ::getpid(), ++counter);
}

void remove_abandoned_spills(const std::filesystem::path& root) {
  std::error_code failure;
  std::vector<std::filesystem::path> abandoned;
  for (std::filesystem::directory_iterator entry{root, failure};
       !failure && entry != std::filesystem::directory_iterator{}; entry.increment(failure)) {
    if (is_abandoned(entry->path().filename().native())) {
      abandoned.push_back(entry->path());
    }
  }
  for (const auto& folder : abandoned) {
    std::filesystem::remove_all(folder, failure);
  }
}

}  // namespace spotvane::adapters
