#include "market/collector.hpp"

#include "base/assert.hpp"
#include "market/collection_cycle.hpp"

#include <utility>

namespace spotvane::market {

Collector::Collector(CollectorOptions options, CollectorPorts ports)
    : options_{std::move(options)},
      ports_{std::move(ports)},
      memory_{std::make_unique<CollectorMemory>()} {
  SPOTVANE_ASSERT(!ports_.accounts.empty());
  SPOTVANE_ASSERT(options_.concurrency > 0);
}

Collector::~Collector() = default;

const MarketPicture& Collector::picture() const {
  return memory_->picture;
}

Result<ArchiveRecovery> Collector::recover() {
  auto recovery = recover_archive(ports_.state, ports_.lake);
  if (!recovery) {
    return recovery;
  }
  if (auto remembered = remember(ports_.state, ports_.lake, *memory_); !remembered) {
    return tl::unexpected(std::move(remembered.error()));
  }
  return recovery;
}

void Collector::run_cycle(std::function<void(const CycleProgress&)> on_progress,
                          On<CycleSummary> on_done) {
  SPOTVANE_ASSERT(cycle_ == nullptr);
  cycle_ = std::make_shared<CollectionCycle>(
      options_, ports_, *memory_, std::move(on_progress),
      [this, tell = std::move(on_done)](Result<CycleSummary> summary) {
        // The cycle is still busy with this very call: let it live until the next event.
        ports_.timers.after(Duration{0}, [ended = std::exchange(cycle_, nullptr)] {});
        tell(std::move(summary));
      });
  ports_.timers.after(Duration{0}, [weak = std::weak_ptr{cycle_}] {
    if (const auto cycle = weak.lock()) {
      cycle->start();
    }
  });
}

void Collector::cancel() {
  ports_.timers.after(Duration{0}, [weak = std::weak_ptr{cycle_}] {
    if (const auto cycle = weak.lock()) {
      cycle->cancel();
    }
  });
}

TimePoint next_slot(TimePoint now, Duration period) {
  SPOTVANE_ASSERT(period.count() > 0);
  return TimePoint{(now.time_since_epoch() / period + 1) * period};
}

}  // namespace spotvane::market
