#include "sim/memory_lake.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace spotvane::sim {

namespace {

bool comes_first(const model::MarketChange& a, const model::MarketChange& b) {
  return std::tie(a.at, a.pool) < std::tie(b.at, b.pool);
}

std::set<std::string> paths_of(const std::vector<LakeFile>& files) {
  std::set<std::string> paths;
  for (const auto& file : files) {
    paths.insert(file.path);
  }
  return paths;
}

}  // namespace

Result<LakeFile> MemoryLake::stage_rows(const std::string& path,
                                        std::vector<model::MarketChange> rows) {
  if (is_full_) {
    return fail(ErrorKind::Storage, "write '{}': no space left", path);
  }
  files_["debris of " + path];  // the first half of a write
  if (crash_ != nullptr) {
    crash_->pass();
  }
  files_.erase("debris of " + path);

  LakeFile file{
      .path = path, .sha256 = {}, .rows = rows.size(), .bytes = rows.size(), .from = {}, .to = {}};
  std::uint64_t digest = rows.size();
  for (const auto& row : rows) {
    digest = Random{digest ^ std::hash<model::Pool>{}(row.pool)}.next();
  }
  file.sha256 = fmt::format("{:064x}", digest);
  if (!rows.empty()) {
    file.from = rows.front().at;
    file.to = rows.back().at;
  }
  files_.insert_or_assign(path, Content{file, std::move(rows), false});
  if (crash_ != nullptr) {
    crash_->pass();
  }
  return file;
}

Result<LakeFile> MemoryLake::stage(const std::string& path,
                                   std::span<const model::MarketChange> changes) {
  return stage_rows(path, {changes.begin(), changes.end()});
}

Result<LakeFile> MemoryLake::stage_in_pieces(const std::string& path, const NextChanges& next) {
  std::vector<model::MarketChange> rows;
  for (auto piece = next(); !piece.empty(); piece = next()) {
    rows.insert(rows.end(), piece.begin(), piece.end());
  }
  return stage_rows(path, std::move(rows));
}

Result<LakeFile> MemoryLake::stage_merged(const std::string& path,
                                          const std::vector<LakeFile>& inputs,
                                          RowOrder /*order: nothing here reads a file in order*/) {
  auto rows = read(inputs);
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  return stage_rows(path, std::move(*rows));
}

Result<void> MemoryLake::publish(const LakeFile& file) {
  if (crash_ != nullptr) {
    crash_->pass();
  }
  const auto found = files_.find(file.path);
  if (found == files_.end() || found->second.file != file) {
    return fail(ErrorKind::Corrupt, "archive file '{}' is missing", file.path);
  }
  found->second.is_shown = true;
  if (crash_ != nullptr) {
    crash_->pass();
  }
  return {};
}

Result<void> MemoryLake::verify(const LakeFile& file) {
  return read({file}).map([](const auto& /*rows*/) {});
}

Result<void> MemoryLake::set_aside(const LakeFile& file) {
  if (crash_ != nullptr) {
    crash_->pass();
  }
  aside_ += files_.erase(file.path);
  if (crash_ != nullptr) {
    crash_->pass();
  }
  return {};
}

Result<void> MemoryLake::check_known(const std::vector<LakeFile>& live,
                                     const IsSuperseded& is_superseded) {
  const auto known = paths_of(live);
  for (const auto& [path, content] : files_) {
    if (content.is_shown && !known.contains(path) && !is_superseded(path)) {
      return fail(ErrorKind::Corrupt, "archive file '{}' is unknown to the state store", path);
    }
  }
  return {};
}

Result<std::size_t> MemoryLake::sweep(const std::vector<LakeFile>& live,
                                      const IsSuperseded& is_superseded) {
  if (auto known = check_known(live, is_superseded); !known) {
    return tl::unexpected(std::move(known.error()));
  }
  const auto kept = paths_of(live);
  std::size_t swept = 0;
  for (auto one = files_.begin(); one != files_.end();) {
    if (kept.contains(one->first)) {
      ++one;
      continue;
    }
    if (crash_ != nullptr) {
      crash_->pass();
    }
    one = files_.erase(one);
    ++swept;
  }
  return swept;
}

Result<std::vector<model::MarketChange>> MemoryLake::read(const std::vector<LakeFile>& live) const {
  std::vector<model::MarketChange> rows;
  for (const auto& file : live) {
    const auto found = files_.find(file.path);
    if (found == files_.end() || !found->second.is_shown) {
      return fail(ErrorKind::Corrupt, "archive file '{}' is missing", file.path);
    }
    if (found->second.is_damaged) {
      return fail(ErrorKind::Corrupt, "archive file '{}' is damaged", file.path);
    }
    rows.insert(rows.end(), found->second.rows.begin(), found->second.rows.end());
  }
  std::stable_sort(rows.begin(), rows.end(), comes_first);
  return rows;
}

Result<std::vector<model::MarketChange>> MemoryLake::state_at(const std::vector<LakeFile>& live,
                                                              TimePoint moment) {
  auto rows = read(live);
  if (!rows) {
    return rows;
  }
  std::map<model::Pool, model::MarketChange> latest;
  for (auto& row : *rows) {
    if (row.at <= moment) {
      latest.insert_or_assign(row.pool, std::move(row));
    }
  }
  std::vector<model::MarketChange> state;
  for (auto& [pool, row] : latest) {
    if (!row.has_ceased) {
      state.push_back(std::move(row));
    }
  }
  return state;
}

Result<std::vector<model::MarketChange>> MemoryLake::changes(const std::vector<LakeFile>& live,
                                                             TimePoint from, TimePoint to) {
  auto rows = read(live);
  if (rows) {
    std::erase_if(*rows, [&](const auto& row) { return row.at < from || row.at >= to; });
  }
  return rows;
}

Result<std::vector<model::MarketChange>> MemoryLake::pool_changes(const std::vector<LakeFile>& live,
                                                                  const model::PoolChoice& pools,
                                                                  TimePoint from, TimePoint to) {
  auto rows = changes(live, from, to);
  if (rows) {
    std::erase_if(*rows, [&](const auto& row) { return !pools.includes(row.pool); });
  }
  return rows;
}

Result<std::vector<model::InstanceType>> MemoryLake::instance_types(
    const std::vector<LakeFile>& live) {
  return read(live).map([](const std::vector<model::MarketChange>& rows) {
    std::set<model::InstanceType> types;
    for (const auto& row : rows) {
      types.insert(row.pool.type);
    }
    return std::vector<model::InstanceType>{types.begin(), types.end()};
  });
}

Result<QueryResult> MemoryLake::query(const std::vector<LakeFile>& /*live*/,
                                      const std::vector<LakeFile>& /*probes*/,
                                      const std::string& sql) {
  return fail(ErrorKind::Unavailable, "no SQL in a simulated archive: '{}'", sql);
}

Result<std::uint64_t> MemoryLake::export_to(const std::vector<LakeFile>& /*live*/,
                                            const std::vector<LakeFile>& /*probes*/,
                                            const std::string& sql, const std::string& /*format*/,
                                            const std::filesystem::path& /*target*/) {
  return fail(ErrorKind::Unavailable, "no SQL in a simulated archive: '{}'", sql);
}

}  // namespace spotvane::sim
