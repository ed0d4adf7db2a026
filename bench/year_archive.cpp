// Makes up a year of the market of 60,000 pools, day by day, as a home that spotvane can work in:
//
//     year_archive HOME
//
// In each ten minutes 2 % of the pools change their placement score, 0.05 % their interruption
// band, 1 % their price: some 96 million rows, 1 GB. Every value is a hash of pool and time.

#include "adapters/lake/archive_folder.hpp"
#include "adapters/lake/duckdb_session.hpp"
#include "adapters/sql/sqlite_state.hpp"

#include <cstdio>

namespace spotvane {
namespace {

constexpr Day kFirst = std::chrono::year{2025} / 8 / 1;
constexpr Day kEnd = std::chrono::year{2026} / 8 / 1;
constexpr int kPools = 60'000;

/// 1,000 types in 15 regions of 4 zones.
constexpr auto kPoolTable = R"(
  create table pools as
  with places as (select unnest([
    {'region': 'us-east-1', 'zones': 'use1'}, {'region': 'us-east-2', 'zones': 'use2'},
    {'region': 'us-west-1', 'zones': 'usw1'}, {'region': 'us-west-2', 'zones': 'usw2'},
    {'region': 'ca-central-1', 'zones': 'cac1'}, {'region': 'sa-east-1', 'zones': 'sae1'},
    {'region': 'eu-west-1', 'zones': 'euw1'}, {'region': 'eu-west-2', 'zones': 'euw2'},
    {'region': 'eu-west-3', 'zones': 'euw3'}, {'region': 'eu-north-1', 'zones': 'eun1'},
    {'region': 'eu-central-1', 'zones': 'euc1'}, {'region': 'ap-south-1', 'zones': 'aps1'},
    {'region': 'ap-northeast-1', 'zones': 'apne1'}, {'region': 'ap-northeast-2', 'zones': 'apne2'},
    {'region': 'ap-southeast-1', 'zones': 'apse1'}], recursive := true))
  select (row_number() over ())::integer as id,
    ['m', 'c', 'r', 'x'][1 + type % 4] || (type // 16) || 'i.' ||
      ['large', 'xlarge', '2xlarge', '4xlarge'][1 + type // 4 % 4] as instance_type,
    region, zones || '-az' || zone as az_id
  from range(1000) types(type), places, range(1, 5) zones(zone))";

/// The rows of one day: {0} counts days, {1} is its date. A score is asked anew every hour, a price
/// moves within a hundredth of its pool's own.
constexpr auto kDay = R"(
  select timestamp '{1} 00:00:00' + to_minutes(slot * 10) as time, instance_type, region, az_id,
    (1 + hash(id, now // 6) % 3)::smallint as sps, 50::smallint as t2,
    (hash(id, now // 6) % 3 * 5)::smallint as t3, (hash(id, now // 2000) % 5)::smallint as if_band,
    (hash(id, 2) % 80)::smallint as savings,
    ((100 + hash(id, 3) % 10000) * (1000 + hash(id, now // 100) % 100) // 10) / 1e4 as spot_price,
    (300 + hash(id, 3) % 30000) / 100.0::double as ondemand_price, false as ceased
  from pools, (select slot, slot + {0} * 144 as now from range(144) slots(slot))
  where now = 0 or hash(id, now) % 10000 < 305)";

Result<void> write_day(adapters::DuckdbConnection& connection,
                       const adapters::ArchiveFolder& folder, StateStore& state, Day day) {
  const auto date = to_iso8601(day);
  const auto path = fmt::format("day={}/day.parquet", date);
  if (auto prepared = folder.prepare(path); !prepared) {
    return prepared;
  }
  auto copied = connection.run(
      fmt::format("copy ({} order by time, instance_type, region, az_id) to {} (format parquet, "
                  "compression zstd, use_tmp_file false)",
                  fmt::format(fmt::runtime(kDay), (day - kFirst).count(), date),
                  adapters::sql_quoted(folder.staged(path).native())));
  if (!copied) {
    return tl::unexpected(copied.error());
  }
  const auto count = copied->next();
  auto file = folder.seal(path);
  if (!file) {
    return tl::unexpected(file.error());
  }
  file->rows = static_cast<std::uint64_t>(count->value<std::int64_t>(0, 0).value_or(0));
  file->from = day;
  file->to = day + std::chrono::hours{24} - std::chrono::minutes{10};
  return state.replace_files({}, {*file}).and_then([&] { return folder.publish(*file); });
}

Result<void> make(const std::filesystem::path& home) {
  auto state = adapters::open_sqlite_state(home / "state.db");
  if (!state) {
    return tl::unexpected(state.error());
  }
  auto database = adapters::DuckdbDatabase::open(
      {.threads = 2, .memory = "1GB", .spill_folder = home / "spill"});
  if (!database) {
    return tl::unexpected(database.error());
  }
  const adapters::ArchiveFolder folder{home / "archive"};
  auto connection = (*database)->connect();
  if (auto made = connection.run(kPoolTable); !made) {
    return tl::unexpected(made.error());
  }
  for (Day day = kFirst; day < kEnd; day += std::chrono::days{1}) {
    if (auto written = write_day(connection, folder, **state, day); !written) {
      return written;
    }
  }
  // The last month is over, too.
  return (*state)->commit_cycle({.cycle = kEnd, .pools = kPools});
}

}  // namespace
}  // namespace spotvane

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} HOME\n", argv[0]);
    return 2;
  }
  const auto made = spotvane::make(argv[1]);
  if (!made) {
    fmt::print(stderr, "error: {}\n", made.error().message);
  }
  return made ? 0 : 1;
}
