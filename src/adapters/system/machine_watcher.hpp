#pragma once

namespace spotvane::adapters {

/// What a machine's watcher is given. All of it must be ready before the fork: afterwards nothing
/// may be allocated.
struct WatchedMachine {
  int control;             ///< where it is told: a byte for SIGTERM, the end of it for SIGKILL
  int console;             ///< what the processes write to
  const char* folder;      ///< where they start
  const char* script;      ///< its path; null: there is none
  char* const* arguments;  ///< of the script, its name first
  char* const* environment;
};

/// Runs the script in a process group of its own and stays until all that came of it has been
/// ended, also what left the group. Called in a process made for this; ends it.
[[noreturn]] void watch_machine(const WatchedMachine& machine);

}  // namespace spotvane::adapters
