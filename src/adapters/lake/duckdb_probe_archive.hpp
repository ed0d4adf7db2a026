#pragma once

#include "ports/probe_archive.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::adapters {

class ArchiveFolder;

/// The probes' archive as a folder of Parquet files, written through DuckDB, which is loaded by the
/// first call that writes.
///
/// Columns: time (UTC), probe, instance_type, region, az_id (NULL: anywhere in the region), via,
/// instance_count, requested, subject (an instance or a request; NULL: the probe), what, detail.
class DuckdbProbeArchive final : public ProbeArchive {
 public:
  /// `root` need not exist until something is staged.
  explicit DuckdbProbeArchive(const std::filesystem::path& root);
  ~DuckdbProbeArchive() override;

  Result<LakeFile> stage(const std::string& path, std::span<const model::ProbeRow> rows) override;
  Result<void> publish(const LakeFile& file) override;
  Result<std::size_t> sweep(const std::vector<LakeFile>& live) override;

 private:
  std::unique_ptr<ArchiveFolder> folder_;
};

}  // namespace spotvane::adapters
