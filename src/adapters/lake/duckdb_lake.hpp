#pragma once

#include "ports/lake.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::adapters {

class ArchiveFolder;
class DuckdbDatabase;

/// The archive as a folder of Parquet files, written and read through DuckDB.
///
/// Columns: time (UTC), instance_type, region, az_id (NULL: the row of a whole region), sps, t2,
/// t3, if_band (0..4), savings (whole per cent), spot_price, ondemand_price (dollars an hour),
/// ceased.
///
/// A file waits as `.NAME.staged` beside its place until it is published: no reader's `*.parquet`
/// matches that.
class DuckdbLake final : public Lake {
 public:
  /// `root` need not exist until something is staged. What does not fit into memory goes into a
  /// folder below `spill_root`, which is the root by default. DuckDB is loaded (some 30 ms, some
  /// 30 MB) by the first call that needs it, which fails with `Storage` where that fails.
  /// The probes' files, for queries, lie below `probe_root`.
  explicit DuckdbLake(const std::filesystem::path& root,
                      const std::filesystem::path& spill_root = {},
                      const std::filesystem::path& probe_root = {});

  ~DuckdbLake() override;

  Result<LakeFile> stage(const std::string& path,
                         std::span<const model::MarketChange> changes) override;
  Result<LakeFile> stage_in_pieces(const std::string& path, const NextChanges& next) override;

  /// Compares the inputs with their checksums first, and fails with `Corrupt` rather than carry
  /// damage into the file that takes their place.
  /// Sorts in some 100 MB whatever the files hold; the rest waits on the disk meanwhile.
  Result<LakeFile> stage_merged(const std::string& path, const std::vector<LakeFile>& inputs,
                                RowOrder order) override;

  Result<void> publish(const LakeFile& file) override;
  Result<std::size_t> sweep(const std::vector<LakeFile>& live,
                            const IsSuperseded& is_superseded) override;
  /// Files that were set aside lie below "damaged", as `PATH.damaged`.
  Result<void> set_aside(const LakeFile& file) override;
  Result<void> verify(const LakeFile& file) override;
  Result<void> check_known(const std::vector<LakeFile>& live,
                           const IsSuperseded& is_superseded) override;

  // Reading fails with `Corrupt`, naming the file, where a live one is missing or damaged.
  Result<std::vector<model::MarketChange>> state_at(const std::vector<LakeFile>& live,
                                                    TimePoint moment) override;
  Result<std::vector<model::MarketChange>> changes(const std::vector<LakeFile>& live,
                                                   TimePoint from, TimePoint to) override;
  Result<std::vector<model::MarketChange>> pool_changes(const std::vector<LakeFile>& live,
                                                        const model::PoolChoice& pools,
                                                        TimePoint from, TimePoint to) override;
  Result<std::vector<model::InstanceType>> instance_types(
      const std::vector<LakeFile>& live) override;

  /// Only statements that read are allowed, one at a time; they may read other files, too. Numbers
  /// that JSON cannot write (NaN, infinities) are absent. `query` says `is_number` of booleans,
  /// too.
  Result<QueryResult> query(const std::vector<LakeFile>& live, const std::vector<LakeFile>& probes,
                            const std::string& sql) override;

  /// As `query`. The target appears whole or not at all, and takes the place of what was there.
  Result<std::uint64_t> export_to(const std::vector<LakeFile>& live,
                                  const std::vector<LakeFile>& probes, const std::string& sql,
                                  const std::string& format,
                                  const std::filesystem::path& target) override;

 private:
  Result<DuckdbDatabase*> database();

  std::unique_ptr<ArchiveFolder> folder_;
  std::unique_ptr<ArchiveFolder> probes_;
  std::filesystem::path spill_root_;
  std::unique_ptr<DuckdbDatabase> database_;
};

}  // namespace spotvane::adapters
