#include "spotlake/snapshot_queue.hpp"

#include <algorithm>

namespace spotvane::spotlake {

SnapshotQueue::SnapshotQueue(TextFiles& files, std::filesystem::path root,
                             std::vector<SnapshotFile> list, int threads)
    : files_{files}, root_{std::move(root)}, list_{std::move(list)} {
  const auto count = static_cast<std::size_t>(std::max(1, threads));
  slots_.resize(count + 1);  // one is looked at while each thread reads another
  for (std::size_t i = 0; i < std::min(count, list_.size()); ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

SnapshotQueue::~SnapshotQueue() {
  const std::lock_guard lock{mutex_};
  is_over_ = true;
  has_room_.notify_all();
}

void SnapshotQueue::work() {
  std::unique_lock lock{mutex_};
  while (true) {
    has_room_.wait(lock, [this] {
      return is_over_ || begun_ == list_.size() || begun_ < released_ + slots_.size();
    });
    if (is_over_ || begun_ == list_.size()) {
      return;
    }
    const auto number = begun_++;
    auto& slot = slots_[number % slots_.size()];
    lock.unlock();
    read_snapshot(files_, root_, list_[number], slot.snapshot);
    lock.lock();
    slot.is_read = true;
    is_read_.notify_one();
  }
}

Snapshot* SnapshotQueue::next() {
  std::unique_lock lock{mutex_};
  if (is_one_out_) {
    slots_[released_ % slots_.size()].is_read = false;
    ++released_;
    has_room_.notify_all();
  }
  is_one_out_ = released_ < list_.size();
  if (!is_one_out_) {
    return nullptr;
  }
  auto& slot = slots_[released_ % slots_.size()];
  is_read_.wait(lock, [&] { return slot.is_read; });
  return &slot.snapshot;
}

}  // namespace spotvane::spotlake
