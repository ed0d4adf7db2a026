#pragma once

#include "ports/lake.hpp"
#include "sim/crash.hpp"

#include <map>

namespace spotvane::sim {

/// The change archive as a value in memory; it outlives the process that uses it. Each write marks
/// two places to crash at, before and after its effect, and a crash while staging leaves debris.
class MemoryLake final : public Lake {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryLake(CrashPoint* crash = nullptr) : crash_{crash} {}

  Result<LakeFile> stage(const std::string& path,
                         std::span<const model::MarketChange> changes) override;
  Result<LakeFile> stage_in_pieces(const std::string& path, const NextChanges& next) override;
  Result<LakeFile> stage_merged(const std::string& path, const std::vector<LakeFile>& inputs,
                                RowOrder order) override;
  Result<void> publish(const LakeFile& file) override;
  Result<std::size_t> sweep(const std::vector<LakeFile>& live,
                            const IsSuperseded& is_superseded) override;
  Result<void> verify(const LakeFile& file) override;
  Result<void> set_aside(const LakeFile& file) override;
  Result<void> check_known(const std::vector<LakeFile>& live,
                           const IsSuperseded& is_superseded) override;
  Result<std::vector<model::MarketChange>> state_at(const std::vector<LakeFile>& live,
                                                    TimePoint moment) override;
  Result<std::vector<model::MarketChange>> changes(const std::vector<LakeFile>& live,
                                                   TimePoint from, TimePoint to) override;

  Result<std::vector<model::MarketChange>> pool_changes(const std::vector<LakeFile>& live,
                                                        const model::PoolChoice& pools,
                                                        TimePoint from, TimePoint to) override;
  Result<std::vector<model::InstanceType>> instance_types(
      const std::vector<LakeFile>& live) override;

  /// Fails with `Unavailable`: there is no SQL here.
  Result<QueryResult> query(const std::vector<LakeFile>& live, const std::vector<LakeFile>& probes,
                            const std::string& sql) override;
  Result<std::uint64_t> export_to(const std::vector<LakeFile>& live,
                                  const std::vector<LakeFile>& probes, const std::string& sql,
                                  const std::string& format,
                                  const std::filesystem::path& target) override;

  /// From now on staging fails with `Storage`, as on a full disk.
  void set_full(bool is_full) { is_full_ = is_full; }

  /// From now on the file cannot be read: as after an accident.
  void damage(const std::string& path) { files_.at(path).is_damaged = true; }
  /// The file is gone: as after an accident.
  void lose(const std::string& path) { files_.erase(path); }

  /// How many damaged files were set aside.
  std::size_t aside_count() const { return aside_; }

  /// Staged or shown files of any kind.
  std::size_t file_count() const { return files_.size(); }

 private:
  struct Content {
    LakeFile file;
    std::vector<model::MarketChange> rows;
    bool is_shown = false;
    bool is_damaged = false;
  };

  Result<LakeFile> stage_rows(const std::string& path, std::vector<model::MarketChange> rows);
  Result<std::vector<model::MarketChange>> read(const std::vector<LakeFile>& live) const;

  CrashPoint* crash_;
  bool is_full_ = false;
  std::size_t aside_ = 0;
  std::map<std::string, Content> files_;
};

}  // namespace spotvane::sim
