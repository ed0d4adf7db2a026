#include "spotlake/score_scan.hpp"

#include "spotlake/score_scanner.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <iterator>

namespace spotvane::spotlake {

namespace {

/// How long the calling thread, out of work, waits for the others before it asks again.
constexpr std::chrono::milliseconds kBetweenQuestions{50};

/// What the threads of one scan share: the list, what is taken of it, what came out.
class Scan {
 public:
  Scan(TextFiles& files, const SnapshotList& list)
      : files_{files}, list_{list}, damage_(list.files.size()) {}

  /// Reads files nobody has taken yet until there are none, or `keep_on` says to stop.
  void work(ScoreScanner& scanner, const std::function<bool()>& keep_on) {
    const auto on_bytes = [&](std::uint64_t bytes) {
      bytes_.fetch_add(bytes, std::memory_order_relaxed);
      return keep_on();
    };
    while (keep_on()) {
      const auto number = next_file_.fetch_add(1, std::memory_order_relaxed);
      if (number >= list_.files.size()) {
        return;
      }
      read(scanner, number, on_bytes);
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
  std::vector<std::vector<Damage>> damage_;  // each written by the thread that reads the file
  std::atomic<std::size_t> next_file_ = 0;
  std::atomic<std::size_t> files_done_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace

ScoreScan scan_scores(TextFiles& files, const SnapshotList& list, int threads,
                      const OnProgress& on_progress) {
  Scan scan{files, list};
  std::vector<ScoreScanner> scanners(static_cast<std::size_t>(std::max(threads, 1)));
  const auto ask = [&] {
    if (!scan.is_stopped() && !on_progress(scan.progress())) {
      scan.stop();
    }
    return !scan.is_stopped();
  };
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < scanners.size(); ++i) {
    others.push_back(std::async(std::launch::async, [&scan, &scanner = scanners[i]] {
      scan.work(scanner, [&scan] { return !scan.is_stopped(); });
    }));
  }
  scan.work(scanners.front(), ask);
  for (const auto& other : others) {
    while (other.wait_for(kBetweenQuestions) == std::future_status::timeout) {
      ask();
    }
  }
  auto& first = scanners.front();
  std::for_each(scanners.begin() + 1, scanners.end(), [&](const auto& other) { first.add(other); });
  return {.table = first.table(),
          .progress = scan.progress(),
          .rows = first.rows(),
          .damage = scan.take_damage(),
          .is_stopped = scan.is_stopped()};
}

}  // namespace spotvane::spotlake
