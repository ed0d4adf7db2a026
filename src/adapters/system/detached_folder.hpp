#pragma once

#include "ports/detached_programs.hpp"

#include <filesystem>

namespace spotvane::adapters {

/// Detached programs in folders below one. Each holds a lock as long as it or one of its children
/// lives, which the system takes back from the dead: no number of a process is trusted that might
/// be another's by now.
class DetachedFolder final : public DetachedPrograms {
 public:
  explicit DetachedFolder(std::filesystem::path root) : root_{std::move(root)} {}

  Result<void> start(const std::string& name, const std::vector<std::string>& words) override;
  bool is_alive(const std::string& name) const override;
  void kill(const std::string& name) override;
  Result<std::optional<std::string>> read(const std::string& name,
                                          const std::string& file) const override;
  Result<void> write(const std::string& name, const std::string& file,
                     const std::string& text) override;
  void remove(const std::string& name, const std::string& file) override;
  std::string folder(const std::string& name) const override { return (root_ / name).native(); }

 private:
  std::filesystem::path root_;
};

}  // namespace spotvane::adapters
