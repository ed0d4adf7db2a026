#include "adapters/lake/duckdb_lake.hpp"

#include "adapters/lake/archive_folder.hpp"
#include "adapters/lake/duckdb_session.hpp"
#include "adapters/lake/durable_file.hpp"
#include "adapters/lake/market_rows.hpp"
#include "adapters/lake/probe_rows.hpp"
#include "adapters/lake/sorted_copy.hpp"
#include "adapters/lake/spill_folder.hpp"
#include "adapters/lake/user_sql.hpp"
#include "base/assert.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace spotvane::adapters {
namespace {

constexpr const char* kMemory = "128MB";
// Sorting takes what memory it is given, and writing Parquet as much again for each thread.
constexpr int kMergingThreads = 1;
constexpr const char* kMergingMemory = "56MB";
// Rows that come in order are not sorted again; what waits to be written may wait on the disk.
constexpr int kStagingThreads = 1;
constexpr const char* kStagingMemory = "32MB";

Result<std::unique_ptr<DuckdbDatabase>> start_duckdb(const std::filesystem::path& spill_root,
                                                     int threads, const char* memory) {
  DuckdbLimits limits;
  limits.threads = threads;
  limits.memory = memory;
  limits.spill_folder = new_spill_folder(spill_root);
  return DuckdbDatabase::open(limits);
}

std::string sql_time(TimePoint time) {
  // Microseconds must not overflow: some 290,000 years either way are enough.
  constexpr std::int64_t kFar = 9'000'000'000'000'000;
  return fmt::format("epoch_ms({})",
                     std::clamp<std::int64_t>(time.time_since_epoch().count(), -kFar, kFar));
}

Result<void> offer_market(DuckdbConnection& connection, const ArchiveFolder& folder,
                          const std::vector<LakeFile>& files) {
  return folder.locate(files).and_then(
      [&](const auto& places) { return offer_market(connection, places); });
}

/// What rows there are.
struct Extent {
  std::uint64_t rows = 0;
  TimePoint from = TimePoint::max();
  TimePoint to = TimePoint::min();
  bool is_sorted = true;  ///< by time, then pool

  void add(std::span<const model::MarketChange> piece) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      from = std::min(from, piece[i].at);
      to = std::max(to, piece[i].at);
      const auto* before = i > 0 ? &piece[i - 1] : rows > 0 ? &last_ : nullptr;
      is_sorted = is_sorted && (before == nullptr || std::tie(before->at, before->pool) <=
                                                         std::tie(piece[i].at, piece[i].pool));
    }
    rows += piece.size();
    last_ = piece.back();
  }

 private:
  model::MarketChange last_;
};

/// Adds them to the table `staging`.
Result<void> append_pieces(DuckdbConnection& connection, const Lake::NextChanges& next,
                           Extent& extent) {
  for (auto piece = next(); !piece.empty(); piece = next()) {
    extent.add(piece);
    if (auto appended = append_changes(connection, "staging", piece); !appended) {
      return appended;
    }
  }
  return {};
}

/// Whether damage of a file can show itself so.
bool may_be_damage(const Error& error) {
  constexpr std::array<std::string_view, 3> kPlainMistakes{"Parser Error", "Binder Error",
                                                           "Catalog Error"};
  return error.kind != ErrorKind::Corrupt &&
         std::none_of(kPlainMistakes.begin(), kPlainMistakes.end(),
                      [&](auto start) { return error.message.starts_with(start); });
}

/// The error to report where reading failed: a damaged file, if there is one, explains it best.
tl::unexpected<Error> explain(Error error, std::string_view activity, const ArchiveFolder& folder,
                              const std::vector<LakeFile>& files) {
  if (may_be_damage(error)) {
    if (auto intact = folder.check_contents(files); !intact) {
      error = std::move(intact).error();
    }
  }
  return tl::unexpected(std::move(error).during(activity));
}

/// Our own SQL is never the user's mistake.
tl::unexpected<Error> explain_own(Error error, std::string_view activity,
                                  const ArchiveFolder& folder, const std::vector<LakeFile>& files) {
  auto explained = explain(std::move(error), activity, folder, files);
  if (explained.value().kind == ErrorKind::InvalidInput) {
    explained.value().kind = ErrorKind::Storage;
  }
  return explained;
}

/// Writes them through a table of their own.
Result<LakeFile> stage_rows(DuckdbDatabase& database, const ArchiveFolder& folder,
                            const std::string& path, const Lake::NextChanges& next) {
  constexpr std::string_view kActivity = "write archive";
  Unfinished staged{folder.staged(path)};
  auto connection = database.connect();
  Extent extent;
  auto file = folder.prepare(path)
                  .and_then([&] {
                    return connection.run(
                        fmt::format("create temp table staging ({})", market_column_definitions()));
                  })
                  .and_then([&](auto&&) { return append_pieces(connection, next, extent); })
                  .and_then([&] {
                    return extent.is_sorted ? copy_in_order(connection, "staging", staged.path())
                                            : copy_sorted(connection, "staging", RowOrder::ByTime,
                                                          staged.path());
                  })
                  .and_then([&] { return folder.seal(path); });
  if (!file) {
    return explain_own(std::move(file).error(), kActivity, folder, {});
  }
  SPOTVANE_ASSERT(extent.rows > 0);
  staged.keep();
  file->rows = extent.rows;
  file->from = extent.from;
  file->to = extent.to;
  return file;
}

/// Runs a question about the market and takes the answer's rows.
Result<std::vector<model::MarketChange>> ask(Result<DuckdbDatabase*> database,
                                             const ArchiveFolder& folder,
                                             const std::vector<LakeFile>& files,
                                             const std::string& sql) {
  constexpr std::string_view kActivity = "read archive";
  if (!database) {
    return tl::unexpected(std::move(database.error()));
  }
  auto connection = (*database)->connect();
  if (auto offered = offer_market(connection, folder, files); !offered) {
    return explain_own(std::move(offered).error(), kActivity, folder, files);
  }
  auto answer = connection.run(sql);
  if (!answer) {
    return explain_own(std::move(answer).error(), kActivity, folder, files);
  }
  return read_changes(std::move(*answer));
}

/// Files that count, and the folder they lie in.
struct Shelf {
  const ArchiveFolder& folder;
  const std::vector<LakeFile>& files;
};

/// Runs what a user asks, with all tables on offer.
template <typename Ask>
auto ask_user(Result<DuckdbDatabase*> database, const Shelf& market, const Shelf& probes,
              std::string_view activity, Ask ask) -> std::invoke_result_t<Ask, DuckdbConnection&> {
  if (!database) {
    return tl::unexpected(std::move(database.error()));
  }
  auto connection = (*database)->connect();
  auto answer = offer_market(connection, market.folder, market.files)
                    .and_then([&] { return probes.folder.locate(probes.files); })
                    .and_then([&](const auto& places) { return offer_probes(connection, places); })
                    .and_then([&] { return ask(connection); });
  if (!answer && may_be_damage(answer.error())) {
    if (auto intact = probes.folder.check_contents(probes.files); !intact) {
      return tl::unexpected(std::move(intact).error().during(activity));
    }
  }
  return answer ? std::move(answer)
                : explain(std::move(answer).error(), activity, market.folder, market.files);
}

template <typename Predicate>
std::vector<LakeFile> files_where(const std::vector<LakeFile>& files, Predicate predicate) {
  std::vector<LakeFile> chosen;
  std::copy_if(files.begin(), files.end(), std::back_inserter(chosen), predicate);
  return chosen;
}

std::vector<LakeFile> files_between(const std::vector<LakeFile>& files, TimePoint from,
                                    TimePoint to) {
  return files_where(files, [&](const auto& file) { return file.from < to && file.to >= from; });
}

std::string is_between(TimePoint from, TimePoint to) {
  return fmt::format("time >= {} and time < {}", sql_time(from), sql_time(to));
}

std::string is_one_of(const model::PoolChoice& pools) {
  auto condition = fmt::format("instance_type = {}", sql_quoted(pools.type.text()));
  if (!pools.region.empty()) {
    condition += fmt::format(" and region = {}", sql_quoted(pools.region.text()));
  }
  if (!pools.zone.empty()) {
    condition += fmt::format(" and az_id = {}", sql_quoted(pools.zone.text()));
  }
  return condition;
}

}  // namespace

DuckdbLake::DuckdbLake(const std::filesystem::path& root, const std::filesystem::path& spill_root,
                       const std::filesystem::path& probe_root)
    : folder_{std::make_unique<ArchiveFolder>(root)},
      probes_{std::make_unique<ArchiveFolder>(probe_root)},
      spill_root_{spill_root.empty() ? root : spill_root} {}

DuckdbLake::~DuckdbLake() = default;

Result<DuckdbDatabase*> DuckdbLake::database() {
  if (!database_) {
    auto started = start_duckdb(spill_root_, SPOTVANE_DUCKDB_THREADS, kMemory);
    if (!started) {
      return tl::unexpected(std::move(started.error()));
    }
    database_ = std::move(*started);
  }
  return database_.get();
}

Result<LakeFile> DuckdbLake::stage(const std::string& path,
                                   std::span<const model::MarketChange> changes) {
  auto started = database();
  if (!started) {
    return tl::unexpected(std::move(started.error()));
  }
  return stage_rows(**started, *folder_, path, [&] { return std::exchange(changes, {}); });
}

Result<LakeFile> DuckdbLake::stage_in_pieces(const std::string& path, const NextChanges& next) {
  const auto staging = start_duckdb(spill_root_, kStagingThreads, kStagingMemory);
  if (!staging) {
    return tl::unexpected(Error{staging.error()}.during("write archive"));
  }
  return stage_rows(**staging, *folder_, path, next);
}

Result<LakeFile> DuckdbLake::stage_merged(const std::string& path,
                                          const std::vector<LakeFile>& inputs, RowOrder order) {
  SPOTVANE_ASSERT(!inputs.empty());
  constexpr std::string_view kActivity = "merge archive files";
  for (const auto& input : inputs) {
    // One that still waits might wait where the merged file is about to be written.
    if (auto published = folder_->publish(input); !published) {
      return tl::unexpected(std::move(published).error().during(kActivity));
    }
  }
  auto database = start_duckdb(folder_->root(), kMergingThreads, kMergingMemory);
  if (!database) {
    return tl::unexpected(std::move(database).error().during(kActivity));
  }
  Unfinished staged{folder_->staged(path)};
  auto connection = (*database)->connect();
  auto file =
      folder_->check_contents(inputs)
          .and_then([&] { return folder_->prepare(path); })
          .and_then([&] { return offer_market(connection, *folder_, inputs); })
          .and_then([&] { return copy_many_sorted(connection, "market", order, staged.path()); })
          .and_then([&] { return folder_->seal(path); });
  if (!file) {
    return explain_own(std::move(file).error(), kActivity, *folder_, inputs);
  }
  staged.keep();
  file->from = inputs.front().from;
  file->to = inputs.front().to;
  for (const auto& input : inputs) {
    file->rows += input.rows;
    file->from = std::min(file->from, input.from);
    file->to = std::max(file->to, input.to);
  }
  return file;
}

Result<void> DuckdbLake::publish(const LakeFile& file) {
  auto published = folder_->publish(file);
  return published ? published : tl::unexpected(std::move(published).error().during("publish"));
}

Result<std::size_t> DuckdbLake::sweep(const std::vector<LakeFile>& live,
                                      const IsSuperseded& is_superseded) {
  remove_abandoned_spills(folder_->root());
  return folder_->sweep(live, is_superseded);
}

Result<void> DuckdbLake::verify(const LakeFile& file) {
  return folder_->check_contents({file});
}

Result<void> DuckdbLake::set_aside(const LakeFile& file) {
  return folder_->set_aside(file);
}

Result<void> DuckdbLake::check_known(const std::vector<LakeFile>& live,
                                     const IsSuperseded& is_superseded) {
  return folder_->check_known(live, is_superseded);
}

Result<std::vector<model::MarketChange>> DuckdbLake::state_at(const std::vector<LakeFile>& live,
                                                              TimePoint moment) {
  const auto files = files_where(live, [&](const auto& file) { return file.from <= moment; });
  // A join with each pool's latest time: three times as fast as arg_max, and it never sorts.
  return ask(database(), *folder_, files,
             fmt::format("with latest as ("
                         "  select instance_type, region, az_id, max(time) as time from market"
                         "  where time <= {} group by all) "
                         "select market.* from market semi join latest"
                         "  on market.time = latest.time"
                         "  and market.instance_type = latest.instance_type"
                         "  and market.region = latest.region"
                         "  and market.az_id is not distinct from latest.az_id "
                         "where not ceased",
                         sql_time(moment)));
}

Result<std::vector<model::MarketChange>> DuckdbLake::changes(const std::vector<LakeFile>& live,
                                                             TimePoint from, TimePoint to) {
  const auto files = files_between(live, from, to);
  return ask(database(), *folder_, files,
             fmt::format("from market where {} order by {}", is_between(from, to),
                         sql_order(RowOrder::ByTime)));
}

Result<std::vector<model::MarketChange>> DuckdbLake::pool_changes(const std::vector<LakeFile>& live,
                                                                  const model::PoolChoice& pools,
                                                                  TimePoint from, TimePoint to) {
  const auto files = files_between(live, from, to);
  // The type alone finds the place in a file sorted by pool, with each row group's least and
  // greatest.
  return ask(database(), *folder_, files,
             fmt::format("from market where {} and {} order by {}", is_one_of(pools),
                         is_between(from, to), sql_order(RowOrder::ByTime)));
}

Result<std::vector<model::InstanceType>> DuckdbLake::instance_types(
    const std::vector<LakeFile>& live) {
  constexpr std::string_view kActivity = "read archive";
  auto started = database();
  if (!started) {
    return tl::unexpected(std::move(started.error()));
  }
  auto connection = (*started)->connect();
  auto answer = offer_market(connection, *folder_, live).and_then([&] {
    return connection.run("select distinct instance_type from market order by instance_type");
  });
  if (!answer) {
    return explain_own(std::move(answer).error(), kActivity, *folder_, live);
  }
  std::vector<model::InstanceType> types;
  while (const auto chunk = answer->next()) {
    for (std::size_t row = 0; row < chunk->rows(); ++row) {
      types.emplace_back(std::string{chunk->text(0, row)});
    }
  }
  return types;
}

Result<QueryResult> DuckdbLake::query(const std::vector<LakeFile>& live,
                                      const std::vector<LakeFile>& probes, const std::string& sql) {
  return ask_user(database(), {*folder_, live}, {*probes_, probes}, "query",
                  [&](DuckdbConnection& connection) { return run_user_sql(connection, sql); });
}

Result<std::uint64_t> DuckdbLake::export_to(const std::vector<LakeFile>& live,
                                            const std::vector<LakeFile>& probes,
                                            const std::string& sql, const std::string& format,
                                            const std::filesystem::path& target) {
  return ask_user(database(), {*folder_, live}, {*probes_, probes}, "export",
                  [&](DuckdbConnection& connection) {
                    return export_user_sql(connection, sql, format, target);
                  });
}

}  // namespace spotvane::adapters
