#include "adapters/lake/probe_rows.hpp"

#include "adapters/lake/row_appender.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kProbeColumns =
    "time timestamp, probe varchar, instance_type varchar, region varchar, az_id varchar,"
    " via varchar, instance_count integer, requested timestamp, subject varchar, what varchar,"
    " detail varchar";

constexpr std::array<duckdb_type, 11> kProbeTypes{
    DUCKDB_TYPE_TIMESTAMP, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR,
    DUCKDB_TYPE_VARCHAR,   DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_TIMESTAMP,
    DUCKDB_TYPE_VARCHAR,   DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_VARCHAR};

// The first time of each: what is seen again was so before.
constexpr std::string_view kInstancesSql = R"(
select probe, instance_type, region, az_id, via, subject as instance, requested,
  min(time) filter (what = 'fulfilled') as fulfilled,
  min(time) filter (what = 'pending') as pending,
  min(time) filter (what = 'running') as running,
  min(time) filter (what = 'system-ok') as system_ok,
  min(time) filter (what = 'instance-ok') as instance_ok,
  min(time) filter (what = 'ebs-ok') as ebs_ok,
  min(time) filter (what = 'ready') as ready,
  min(time) filter (what = 'interrupted') as interrupted,
  min(time) filter (what = 'terminated') as terminated,
  epoch(min(time) filter (what = 'ready') - requested) as ready_s
from probe_events
where subject in (select subject from probe_events where what = 'fulfilled')
group by probe, instance_type, region, az_id, via, subject, requested)";

// The columns of the data sets that there were before.
constexpr std::string_view kCountsSql = R"(
select region, instance_type as instance, instance_count,
  epoch_ms(requested) // 1000 as request_time, epoch_ms(time) // 1000 as "current_time",
  detail::integer as ready_instances, hour(requested) as hours, minute(requested) as minutes,
  probe
from probe_events where what = 'ready-count')";

std::int64_t micros_of(TimePoint at) {
  return std::chrono::microseconds{at.time_since_epoch()}.count();
}

void put_probe_row(ChunkWriter& chunk, std::size_t row, const model::ProbeRow& one) {
  std::size_t column = 0;
  chunk.put(column++, row, micros_of(one.at));
  chunk.put_text(column++, row, one.probe.text());
  chunk.put_text(column++, row, one.pool.type.text());
  chunk.put_text(column++, row, one.pool.region.text());
  chunk.put_text_if_any(column++, row, one.pool.zone.text());
  chunk.put_text(column++, row, std::string{model::to_text(one.via)});
  chunk.put(column++, row, std::int32_t{one.instances});
  chunk.put(column++, row, micros_of(one.requested));
  chunk.put_text_if_any(column++, row, one.subject);
  chunk.put_text(column++, row, one.what);
  chunk.put_text_if_any(column++, row, one.detail);
}

}  // namespace

Result<void> write_probe_rows(DuckdbConnection& connection, std::span<const model::ProbeRow> rows,
                              const std::filesystem::path& file) {
  auto made = connection.run(fmt::format("create temp table probe_staging ({})", kProbeColumns));
  if (!made) {
    return tl::unexpected(made.error());
  }
  return append_rows(connection, "probe_staging", kProbeTypes, rows, put_probe_row)
      .and_then([&]() -> Result<void> {
        auto copied = connection.run(fmt::format(
            "copy probe_staging to {} (format parquet, compression zstd, use_tmp_file false)",
            sql_quoted(file.native())));
        return copied ? Result<void>{} : tl::unexpected(copied.error());
      });
}

Result<void> offer_probes(DuckdbConnection& connection,
                          const std::vector<std::filesystem::path>& files) {
  const std::array statements{
      files.empty() ? fmt::format("create temp table probe_events ({})", kProbeColumns)
                    : fmt::format("create temp view probe_events as from {}", sql_parquet(files)),
      fmt::format("create temp view probe_instances as {}", kInstancesSql),
      fmt::format("create temp view probe_counts as {}", kCountsSql)};
  for (const auto& statement : statements) {
    if (auto made = connection.run(statement); !made) {
      return tl::unexpected(made.error());
    }
  }
  return {};
}

}  // namespace spotvane::adapters
