#pragma once

#include "ports/text_files.hpp"
#include "spotlake/snapshot.hpp"

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

namespace spotvane::spotlake {

/// Reads snapshots on threads of its own, a few ahead of who takes them, and hands them out in
/// order: how many threads there are changes nothing but the time it takes.
///
/// `files` must outlive it; ending it waits for the files under way.
class SnapshotQueue {
 public:
  SnapshotQueue(TextFiles& files, std::filesystem::path root, std::vector<SnapshotFile> list,
                int threads);
  ~SnapshotQueue();
  SnapshotQueue(const SnapshotQueue&) = delete;
  SnapshotQueue& operator=(const SnapshotQueue&) = delete;

  /// Waits for the next snapshot; null after the last. It lives until the next call.
  Snapshot* next();

 private:
  struct Slot {
    Snapshot snapshot;
    bool is_read = false;
  };

  void work();

  TextFiles& files_;
  const std::filesystem::path root_;
  const std::vector<SnapshotFile> list_;

  std::mutex mutex_;  // over all that follows
  std::condition_variable is_read_;
  std::condition_variable has_room_;
  std::vector<Slot> slots_;  // snapshot n has slot n modulo their number
  std::size_t begun_ = 0;
  std::size_t released_ = 0;  // handed out, and no longer looked at
  bool is_one_out_ = false;
  bool is_over_ = false;

  std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace spotvane::spotlake
