#include "adapters/lake/duckdb_probe_archive.hpp"

#include "adapters/lake/archive_folder.hpp"
#include "adapters/lake/duckdb_session.hpp"
#include "adapters/lake/durable_file.hpp"
#include "adapters/lake/probe_rows.hpp"
#include "adapters/lake/spill_folder.hpp"
#include "base/assert.hpp"

#include <algorithm>

namespace spotvane::adapters {

DuckdbProbeArchive::DuckdbProbeArchive(const std::filesystem::path& root)
    : folder_{std::make_unique<ArchiveFolder>(root)} {}

DuckdbProbeArchive::~DuckdbProbeArchive() = default;

Result<LakeFile> DuckdbProbeArchive::stage(const std::string& path,
                                           std::span<const model::ProbeRow> rows) {
  SPOTVANE_ASSERT(!rows.empty());
  const auto in_context = [](Error error) {
    error.kind = error.kind == ErrorKind::InvalidInput ? ErrorKind::Storage : error.kind;
    return tl::unexpected(std::move(error).during("write the probes' archive"));
  };
  const auto database = DuckdbDatabase::open({.spill_folder = new_spill_folder(folder_->root())});
  if (!database) {
    return in_context(database.error());
  }
  Unfinished staged{folder_->staged(path)};
  auto connection = (*database)->connect();
  auto file = folder_->prepare(path)
                  .and_then([&] { return write_probe_rows(connection, rows, staged.path()); })
                  .and_then([&] { return folder_->seal(path); });
  if (!file) {
    return in_context(file.error());
  }
  staged.keep();
  file->rows = rows.size();
  const auto [first, last] = std::minmax_element(
      rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  file->from = first->at;
  file->to = last->at;
  return file;
}

Result<void> DuckdbProbeArchive::publish(const LakeFile& file) {
  return folder_->publish(file);
}

Result<std::size_t> DuckdbProbeArchive::sweep(const std::vector<LakeFile>& live) {
  remove_abandoned_spills(folder_->root());
  return folder_->sweep(live, [](const std::string& /*path*/) { return false; });
}

}  // namespace spotvane::adapters
