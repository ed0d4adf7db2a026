#include "spotlake/archive_verify.hpp"

#include "spotlake/rebuilt_market.hpp"
#include "spotlake/snapshot_queue.hpp"
#include "spotlake/snapshots_by_time.hpp"

#include <utility>

namespace spotvane::spotlake {

namespace {

std::string to_cell(const std::optional<std::int16_t>& value) {
  return value ? fmt::format("{}", *value) : std::string{};
}

std::string to_cell(const std::optional<Money>& value) {
  return value ? to_text(*value) : std::string{};
}

class Verification {
 public:
  Verification(StateStore& state, Lake& lake, const VerifyListener& listener)
      : listener_{listener}, market_{state, lake} {}

  Result<void> run(SnapshotQueue& queue, std::size_t snapshots) {
    ScanProgress progress{.files = snapshots};
    while (true) {
      if (!listener_.go_on(progress)) {
        return fail(ErrorKind::Cancelled, "stopped before the end");
      }
      auto* const snapshot = queue.next();
      if (snapshot == nullptr) {
        return {};
      }
      if (auto advanced = market_.advance(*snapshot->file.time); !advanced) {
        return advanced;
      }
      compare(*snapshot);
      ++progress.files_done;
      progress.bytes += snapshot->bytes;
    }
  }

  VerifySummary& summary() { return summary_; }

 private:
  void compare(const Snapshot& snapshot) {
    ++summary_.snapshots;
    auto& numbers = market_.numbers();
    FileDamage duplicates{snapshot.file.path.string()};
    numbers.begin(snapshot);
    for (std::size_t i = 0; i < snapshot.rows.size(); ++i) {
      const auto& row = snapshot.rows[i];
      const auto pool = numbers.see(snapshot, i);
      if (!pool) {
        duplicates.add(row.line, "an earlier row is of the same pool");
        continue;
      }
      ++summary_.rows;
      if (!market_.is_offered(*pool)) {
        differ(snapshot, *pool, "pool", "in the source only", "");
      } else if (market_.state(*pool) != row.state) {
        compare_states(snapshot, *pool, unpack(row.state), unpack(market_.state(*pool)));
      }
    }
    for (PoolIndex::Number pool = 0; snapshot.damage.empty() && pool < numbers.size(); ++pool) {
      if (market_.is_offered(pool) && !numbers.is_seen(pool)) {
        differ(snapshot, pool, "pool", "", "in the archive only");
      }
    }
    report_damage(snapshot, std::move(duplicates).take());
  }

  void compare_states(const Snapshot& snapshot, PoolIndex::Number pool,
                      const model::MarketState& source, const model::MarketState& archive) {
    const auto compare_column = [&](std::string_view column, const auto& one, const auto& other) {
      if (one != other) {
        differ(snapshot, pool, column, to_cell(one), to_cell(other));
      }
    };
    compare_column("sps", source.sps, archive.sps);
    compare_column("t2", source.t2, archive.t2);
    compare_column("t3", source.t3, archive.t3);
    compare_column("if_band", source.band, archive.band);
    compare_column("savings", source.savings, archive.savings);
    compare_column("spot_price", source.spot_price, archive.spot_price);
    compare_column("ondemand_price", source.on_demand_price, archive.on_demand_price);
  }

  void differ(const Snapshot& snapshot, PoolIndex::Number pool, std::string_view column,
              std::string source, std::string archive) {
    ++summary_.differences;
    listener_.on_difference({snapshot.file.path.string(), market_.numbers().names(pool).pool(),
                             std::string{column}, std::move(source), std::move(archive)});
  }

  void report_damage(const Snapshot& snapshot, const std::vector<Damage>& duplicates) {
    for (const auto* damage : {&snapshot.damage, &duplicates}) {
      for (const auto& one : *damage) {
        listener_.on_damage(one);
      }
    }
    summary_.damaged += snapshot.damage.empty() && duplicates.empty() ? 0U : 1U;
  }

  const VerifyListener& listener_;
  RebuiltMarket market_;
  VerifySummary summary_;
};

}  // namespace

Result<VerifySummary> verify_archive(TextFiles& files, const SnapshotList& list, StateStore& state,
                                     Lake& lake, int threads, const VerifyListener& listener) {
  const auto ordered = snapshots_by_time(list);
  for (const auto& damage : ordered.damage) {
    listener.on_damage(damage);
  }
  const auto known = imported_times(state);
  if (!known) {
    return tl::unexpected(known.error());
  }
  auto to_compare = ordered.files;
  std::erase_if(to_compare, [&](const auto& file) { return !known->contains(*file.time); });

  Verification verification{state, lake, listener};
  verification.summary().not_imported = ordered.files.size() - to_compare.size();
  verification.summary().damaged = ordered.damage.size();
  const auto count = to_compare.size();
  SnapshotQueue queue{files, list.root, std::move(to_compare), threads};
  if (auto done = verification.run(queue, count); !done) {
    return tl::unexpected(done.error());
  }
  return verification.summary();
}

}  // namespace spotvane::spotlake
