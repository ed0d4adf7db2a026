#pragma once

#include "base/result.hpp"

#include <string>
#include <utility>
#include <vector>

namespace spotvane {

/// What a machine runs as it boots.
struct BootOrder {
  std::string id;           ///< of the machine; each is booted once
  std::string script = {};  ///< a whole file that begins with "#!"; empty: nothing
  std::string note = {};    ///< the first thing on its console
  /// Its environment besides PATH and the like.
  std::vector<std::pair<std::string, std::string>> environment = {};
};

/// Small machines on this one: each a script with all the processes that come of it, in a folder of
/// its own.
///
/// All that runs on them ends when this does, and when this process ends, however it ends.
class Machines {
 public:
  virtual ~Machines() = default;

  /// Fails with `Unavailable` where it cannot be started; its console then says so, too.
  virtual Result<void> boot(const BootOrder& order) = 0;

  /// Tells all its processes to end: SIGTERM. Does nothing where there is no such machine.
  virtual void shut_down(const std::string& id) = 0;
  /// Ends them all: SIGKILL. Does nothing likewise.
  virtual void cut_power(const std::string& id) = 0;

  /// The end of what they have written so far, no more than 64 KiB; empty where there is none.
  virtual std::string console(const std::string& id) const = 0;
};

}  // namespace spotvane
