#pragma once

#include "ports/machines.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace spotvane::adapters {

/// Machines as process groups of this one, each below a process that watches over it: that one ends
/// them all, wherever they have gone, when it is told to or when this process is no more.
class LocalMachines final : public Machines {
 public:
  /// Keeps their folders in a new one below `parent`, which it removes in the end. Fails with
  /// `Storage` where it cannot be made.
  static Result<std::unique_ptr<LocalMachines>> open(const std::filesystem::path& parent);

  ~LocalMachines() override;
  LocalMachines(const LocalMachines&) = delete;
  LocalMachines& operator=(const LocalMachines&) = delete;

  Result<void> boot(const BootOrder& order) override;
  void shut_down(const std::string& id) override;
  void cut_power(const std::string& id) override;
  std::string console(const std::string& id) const override;

 private:
  struct Machine {
    std::filesystem::path folder;
    std::string failure = {};  // why it did not boot
    pid_t watcher = 0;         // 0: none, or it has ended and was waited for
    int control = -1;          // what it is told by; closed: that is the order to end all
  };

  explicit LocalMachines(std::filesystem::path folder) : folder_{std::move(folder)} {}
  static Result<void> start(Machine& machine, const BootOrder& order);
  static void wait_for(Machine& machine, bool is_patient);

  std::filesystem::path folder_;
  std::map<std::string, Machine> machines_;
};

}  // namespace spotvane::adapters
