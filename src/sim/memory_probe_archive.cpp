#include "sim/memory_probe_archive.hpp"

#include <algorithm>

namespace spotvane::sim {

Result<LakeFile> MemoryProbeArchive::stage(const std::string& path,
                                           std::span<const model::ProbeRow> rows) {
  pass();
  LakeFile file{.path = path,
                .sha256 = fmt::format("{:064x}", rows.size()),
                .rows = rows.size(),
                .bytes = rows.size(),
                .from = rows.front().at,
                .to = rows.back().at};
  files_.insert_or_assign(path, Content{file, {rows.begin(), rows.end()}, false});
  pass();
  return file;
}

Result<void> MemoryProbeArchive::publish(const LakeFile& file) {
  pass();
  const auto found = files_.find(file.path);
  if (found == files_.end() || found->second.file != file) {
    return fail(ErrorKind::Corrupt, "archive file '{}' is missing", file.path);
  }
  found->second.is_shown = true;
  pass();
  return {};
}

Result<std::size_t> MemoryProbeArchive::sweep(const std::vector<LakeFile>& live) {
  pass();
  const auto removed = std::erase_if(files_, [&](const auto& one) {
    return !one.second.is_shown &&
           std::none_of(live.begin(), live.end(),
                        [&](const LakeFile& file) { return file.path == one.first; });
  });
  pass();
  return removed;
}

std::vector<model::ProbeRow> MemoryProbeArchive::shown_rows() const {
  std::vector<model::ProbeRow> rows;
  for (const auto& [path, content] : files_) {
    if (content.is_shown) {
      rows.insert(rows.end(), content.rows.begin(), content.rows.end());
    }
  }
  return rows;
}

}  // namespace spotvane::sim
