#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/market_row.hpp"
#include "model/pool_choice.hpp"
#include "ports/state_store.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spotvane {

/// One answer of SQL, a row at a time. Absent values are SQL's NULL.
struct QueryResult {
  struct Column {
    std::string name;
    bool is_number = false;  ///< written bare in JSON, to the right in tables
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

/// How the rows of a file lie: what is asked of it together should lie together.
enum class RowOrder : std::uint8_t {
  ByTime,  ///< time, then pool: a moment of the whole market
  ByPool,  ///< pool, then time: the past of one pool
};

/// The change archive: Parquet files below one folder, by day or by month.
///
/// Writing is in two steps, so that the state store can decide in between whether a file counts:
/// `stage` makes it durable under a name no reader looks at, `publish` shows it. Which files count
/// is the caller's knowledge (`StateStore::files`) and is passed in as `live`.
class Lake {
 public:
  virtual ~Lake() = default;

  /// Writes `changes` (of one day, by time) durably but unseen. Staging the same path anew replaces
  /// it.
  virtual Result<LakeFile> stage(const std::string& path,
                                 std::span<const model::MarketChange> changes) = 0;

  /// Hands out the next few changes; none after the last. They live until the next call.
  using NextChanges = std::function<std::span<const model::MarketChange>()>;

  /// The same for more changes than should lie in memory as such. There must be one at least.
  virtual Result<LakeFile> stage_in_pieces(const std::string& path, const NextChanges& next) = 0;

  /// Writes the rows of `inputs` into one file, sorted; durable but unseen.
  virtual Result<LakeFile> stage_merged(const std::string& path,
                                        const std::vector<LakeFile>& inputs, RowOrder order) = 0;

  /// Shows a staged file. Showing it again does nothing. Fails with `Corrupt` if it is neither
  /// staged nor shown.
  virtual Result<void> publish(const LakeFile& file) = 0;

  /// Says of a shown file's path whether another file that counts holds its rows.
  using IsSuperseded = std::function<bool(const std::string& path)>;

  /// Removes every staged file that is not in `live`, and every shown one that is not and is
  /// superseded; returns how many. A shown file that is neither may be all that is left of what
  /// was collected: then it fails with `Corrupt`, and removes nothing.
  virtual Result<std::size_t> sweep(const std::vector<LakeFile>& live,
                                    const IsSuperseded& is_superseded) = 0;

  /// Fails with `Corrupt` where `sweep` would, and changes nothing either way.
  virtual Result<void> check_known(const std::vector<LakeFile>& live,
                                   const IsSuperseded& is_superseded) = 0;

  /// Fails with `Corrupt` where the file is missing, or not byte for byte what was written.
  virtual Result<void> verify(const LakeFile& file) = 0;

  /// Takes what there is of a damaged file out of the archive, and keeps it apart. Nothing to do
  /// where it is missing.
  virtual Result<void> set_aside(const LakeFile& file) = 0;

  /// Each pool's latest row at or before `moment`, ceased pools left out; any order.
  virtual Result<std::vector<model::MarketChange>> state_at(const std::vector<LakeFile>& live,
                                                            TimePoint moment) = 0;

  /// The rows with `from` <= at < `to`, by time then pool.
  virtual Result<std::vector<model::MarketChange>> changes(const std::vector<LakeFile>& live,
                                                           TimePoint from, TimePoint to) = 0;

  /// The same, of the chosen pools only.
  virtual Result<std::vector<model::MarketChange>> pool_changes(const std::vector<LakeFile>& live,
                                                                const model::PoolChoice& pools,
                                                                TimePoint from, TimePoint to) = 0;

  /// Every type there is a row of, sorted.
  virtual Result<std::vector<model::InstanceType>> instance_types(
      const std::vector<LakeFile>& live) = 0;

  /// Runs SQL over the table `market`, which is the live files, and the tables `probe_events`,
  /// `probe_instances` and `probe_counts`, which are the probes' (`ProbeArchive`). Fails with
  /// `InvalidInput` on bad SQL.
  virtual Result<QueryResult> query(const std::vector<LakeFile>& live,
                                    const std::vector<LakeFile>& probes,
                                    const std::string& sql) = 0;

  /// Writes the answer of `sql` to `target`. `format` is "csv", "parquet" or "json" (an array).
  virtual Result<std::uint64_t> export_to(const std::vector<LakeFile>& live,
                                          const std::vector<LakeFile>& probes,
                                          const std::string& sql, const std::string& format,
                                          const std::filesystem::path& target) = 0;
};

}  // namespace spotvane
