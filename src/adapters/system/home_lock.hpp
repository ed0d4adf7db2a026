#pragma once

#include "base/result.hpp"

#include <filesystem>

namespace spotvane::adapters {

/// The right to be the only one that changes a home, as long as this lives. The system takes it
/// back when the process dies, however it dies.
class HomeLock {
 public:
  /// Makes the folder where it is missing. Fails with `Busy`, at once and naming the holder, where
  /// another process has the right, and with `Storage`.
  static Result<HomeLock> take(const std::filesystem::path& home);

  ~HomeLock();
  HomeLock(HomeLock&& other) noexcept;
  HomeLock& operator=(HomeLock&&) = delete;

 private:
  explicit HomeLock(int descriptor) : descriptor_{descriptor} {}

  int descriptor_;  ///< of `<home>/lock`; negative once moved away
};

}  // namespace spotvane::adapters
