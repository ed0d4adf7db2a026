#include "spotlake/score_scan.hpp"

#include "spotlake/score_scanner.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

namespace spotvane::spotlake {

namespace {

/// How long the calling thread, out of work, waits for the others before it asks again.
constexpr std::chrono::milliseconds kBetweenQuestions{50};

/// Shares out files among threads so that each reads neighbours, as long as it can: a snapshot is
/// read faster after the one before it.
class Shares {
 public:
  Shares(std::size_t files, std::size_t threads) {
    for (std::size_t thread = 0; thread < threads; ++thread) {
      ranges_.push_back({files * thread / threads, files * (thread + 1) / threads});
    }
  }

  /// The thread's next file: where its own share is done, half of what is left of the largest
  /// becomes its own.
  std::optional<std::size_t> take(std::size_t thread) {
    const std::lock_guard lock{mutex_};
    auto& own = ranges_[thread];
    if (own.size() == 0) {
      auto& largest = *std::max_element(ranges_.begin(), ranges_.end(),
                                        [](auto& a, auto& b) { return a.size() < b.size(); });
      const auto middle = largest.begin + largest.size() / 2;
      own = {middle, std::exchange(largest.end, middle)};
    }
    return own.size() > 0 ? std::optional{own.begin++} : std::nullopt;
  }

 private:
  struct Range {
    std::size_t begin;
    std::size_t end;
    std::size_t size() const { return end - begin; }
  };

  std::mutex mutex_;
  std::vector<Range> ranges_;
};

/// What the threads of one scan share: the list, what is taken of it, what came out.
class Scan {
 public:
  Scan(TextFiles& files, const SnapshotList& list, std::size_t threads)
      : files_{files},
        list_{list},
        shares_{list.files.size(), threads},
        damage_(list.files.size()) {}

  /// Reads files nobody has taken yet until there are none, or `keep_on` says to stop.
  void work(std::size_t thread, ScoreScanner& scanner, const std::function<bool()>& keep_on) {
    const auto on_bytes = [&](std::uint64_t bytes) {
      bytes_.fetch_add(bytes, std::memory_order_relaxed);
      return keep_on();
    };
    while (keep_on()) {
      const auto number = shares_.take(thread);
      if (!number) {
        return;
      }
      read(scanner, *number, on_bytes);
      files_done_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  void stop() { is_stopped_ = true; }

  bool is_stopped() const { return is_stopped_; }

  ScanProgress progress() const {
    return {.files_done = files_done_, .files = list_.files.size(), .bytes = bytes_};
  }

  std::vector<Damage> take_damage() {
    auto all = list_.damage;
    for (auto& one : damage_) {
      std::move(one.begin(), one.end(), std::back_inserter(all));
    }
    return all;
  }

 private:
  void read(ScoreScanner& scanner, std::size_t number, const ScoreScanner::OnBytes& on_bytes) {
    const auto& path = list_.files[number].path;
    FileDamage damage{path.string()};
    if (const auto text = files_.open(list_.root / path)) {
      scanner.scan(**text, damage, on_bytes);
    } else {
      damage.add(0, text.error().message);
    }
    damage_[number] = std::move(damage).take();
  }

  TextFiles& files_;
  const SnapshotList& list_;
  Shares shares_;
  std::vector<std::vector<Damage>> damage_;  // each written by the thread that reads the file
  std::atomic<std::size_t> files_done_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace

ScoreScan scan_scores(TextFiles& files, const SnapshotList& list, int threads,
                      const OnProgress& on_progress) {
  const auto count = static_cast<std::size_t>(std::max(threads, 1));
  Scan scan{files, list, count};
  std::vector<ScoreScanner> scanners(count, ScoreScanner{count});
  const auto ask = [&] {
    if (!scan.is_stopped() && !on_progress(scan.progress())) {
      scan.stop();
    }
    return !scan.is_stopped();
  };
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < scanners.size(); ++i) {
    others.push_back(std::async(std::launch::async, [&scan, i, &scanner = scanners[i]] {
      scan.work(i, scanner, [&scan] { return !scan.is_stopped(); });
    }));
  }
  scan.work(0, scanners.front(), ask);
  for (const auto& other : others) {
    while (other.wait_for(kBetweenQuestions) == std::future_status::timeout) {
      ask();
    }
  }
  auto& first = scanners.front();
  std::for_each(scanners.begin() + 1, scanners.end(), [&](auto& other) { first.add(other); });
  return {.pools = first.pools(),
          .progress = scan.progress(),
          .rows = first.rows(),
          .damage = scan.take_damage(),
          .is_stopped = scan.is_stopped()};
}

}  // namespace spotvane::spotlake
