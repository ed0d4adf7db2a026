#pragma once

#include "ports/probe_archive.hpp"
#include "sim/crash.hpp"

#include <map>
#include <string>
#include <vector>

namespace spotvane::sim {

/// The probes' archive as a value in memory; it outlives the process that uses it. Each write marks
/// two places to crash at, before and after its effect.
class MemoryProbeArchive final : public ProbeArchive {
 public:
  /// `crash`, if any, must outlive it.
  explicit MemoryProbeArchive(CrashPoint* crash = nullptr) : crash_{crash} {}

  Result<LakeFile> stage(const std::string& path, std::span<const model::ProbeRow> rows) override;
  Result<void> publish(const LakeFile& file) override;
  Result<std::size_t> sweep(const std::vector<LakeFile>& live) override;

  /// What a reader of the folder sees.
  std::vector<model::ProbeRow> shown_rows() const;
  /// Staged or shown.
  std::size_t file_count() const { return files_.size(); }

 private:
  struct Content {
    LakeFile file;
    std::vector<model::ProbeRow> rows;
    bool is_shown = false;
  };

  void pass() {
    if (crash_ != nullptr) {
      crash_->pass();
    }
  }

  CrashPoint* crash_;
  std::map<std::string, Content> files_;
};

}  // namespace spotvane::sim
