#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane {

/// Programs that go on when this one ends, however it ends: each in a session of its own and in a
/// folder of its own, by whose name whoever comes later finds it.
class DetachedPrograms {
 public:
  virtual ~DetachedPrograms() = default;

  /// Starts a program, looked for in PATH, in its folder; what it writes goes into the file `log`
  /// there. Fails with `Busy` where it runs already, with `NotFound`, and with `Storage`.
  virtual Result<void> start(const std::string& name, const std::vector<std::string>& words) = 0;

  /// Whether it, or anything it started, still runs.
  virtual bool is_alive(const std::string& name) const = 0;

  /// Ends it, and all it started: SIGKILL. Does nothing where it is not alive.
  virtual void kill(const std::string& name) = 0;

  /// A file of its folder; none where it is not there. Fails with `Storage`.
  virtual Result<std::optional<std::string>> read(const std::string& name,
                                                  const std::string& file) const = 0;
  /// Makes the folder, and the file in it anew, in one step. Fails with `Storage`.
  virtual Result<void> write(const std::string& name, const std::string& file,
                             const std::string& text) = 0;
  /// Does nothing where it is not there.
  virtual void remove(const std::string& name, const std::string& file) = 0;

  /// Where it is, for people.
  virtual std::string folder(const std::string& name) const = 0;
};

}  // namespace spotvane
