#include "adapters/lake/market_rows.hpp"

#include "adapters/lake/row_appender.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace spotvane::adapters {
namespace {

struct ColumnType {
  const char* name;
  const char* sql;
  duckdb_type id;
};

// Times are UTC without saying so and prices are doubles, because that is what pandas, Polars and
// Spark take without conversion. A double holds every price exactly: six places of up to four
// billion dollars an hour come back as the same micros.
constexpr std::array<ColumnType, 12> kColumns{{
    {"time", "timestamp", DUCKDB_TYPE_TIMESTAMP},
    {"instance_type", "varchar", DUCKDB_TYPE_VARCHAR},
    {"region", "varchar", DUCKDB_TYPE_VARCHAR},
    {"az_id", "varchar", DUCKDB_TYPE_VARCHAR},
    {"sps", "smallint", DUCKDB_TYPE_SMALLINT},
    {"t2", "smallint", DUCKDB_TYPE_SMALLINT},
    {"t3", "smallint", DUCKDB_TYPE_SMALLINT},
    {"if_band", "smallint", DUCKDB_TYPE_SMALLINT},
    {"savings", "smallint", DUCKDB_TYPE_SMALLINT},
    {"spot_price", "double", DUCKDB_TYPE_DOUBLE},
    {"ondemand_price", "double", DUCKDB_TYPE_DOUBLE},
    {"ceased", "boolean", DUCKDB_TYPE_BOOLEAN},
}};

enum Column : std::uint8_t {
  Time,
  InstanceType,
  Region,
  AzId,
  Sps,
  T2,
  T3,
  IfBand,
  Savings,
  SpotPrice,
  OnDemandPrice,
  Ceased,
};

std::optional<double> dollars(const std::optional<Money>& price) {
  return price ? std::optional{price->dollars()} : std::nullopt;
}

void put_change(ChunkWriter& chunk, std::size_t row, const model::MarketChange& change) {
  chunk.put(Time, row, std::chrono::microseconds{change.at.time_since_epoch()}.count());
  chunk.put_text(InstanceType, row, change.pool.type.text());
  chunk.put_text(Region, row, change.pool.region.text());
  chunk.put_text_if_any(AzId, row, change.pool.zone.text());
  chunk.put(Sps, row, change.state.sps);
  chunk.put(T2, row, change.state.t2);
  chunk.put(T3, row, change.state.t3);
  chunk.put(IfBand, row, change.state.band);
  chunk.put(Savings, row, change.state.savings);
  chunk.put(SpotPrice, row, dollars(change.state.spot_price));
  chunk.put(OnDemandPrice, row, dollars(change.state.on_demand_price));
  chunk.put(Ceased, row, change.has_ceased);
}

std::optional<Money> price(const std::optional<double>& dollars) {
  return dollars ? std::optional{Money::from_dollars(*dollars)} : std::nullopt;
}

model::MarketChange read_change(const DuckdbChunk& chunk, std::size_t row) {
  const auto text = [&](Column column) { return std::string{chunk.text(column, row)}; };
  const std::chrono::microseconds time{chunk.value<std::int64_t>(Time, row).value_or(0)};
  return {
      .at = TimePoint{std::chrono::floor<std::chrono::milliseconds>(time)},
      .pool = {model::InstanceType{text(InstanceType)}, model::Region{text(Region)},
               model::ZoneId{text(AzId)}},
      .has_ceased = chunk.value<bool>(Ceased, row).value_or(false),
      .state = {.sps = chunk.value<std::int16_t>(Sps, row),
                .t2 = chunk.value<std::int16_t>(T2, row),
                .t3 = chunk.value<std::int16_t>(T3, row),
                .band = chunk.value<std::int16_t>(IfBand, row),
                .savings = chunk.value<std::int16_t>(Savings, row),
                .spot_price = price(chunk.value<double>(SpotPrice, row)),
                .on_demand_price = price(chunk.value<double>(OnDemandPrice, row))},
  };
}

}  // namespace

std::string market_columns() {
  std::string columns;
  for (const auto& column : kColumns) {
    columns += (columns.empty() ? "" : ", ") + std::string{column.name};
  }
  return columns;
}

std::string market_column_definitions() {
  std::string columns;
  for (const auto& column : kColumns) {
    columns += fmt::format("{}{} {}", columns.empty() ? "" : ", ", column.name, column.sql);
  }
  return columns;
}

Result<void> append_changes(DuckdbConnection& connection, const std::string& table,
                            std::span<const model::MarketChange> changes) {
  std::array<duckdb_type, kColumns.size()> types{};
  std::transform(kColumns.begin(), kColumns.end(), types.begin(),
                 [](const ColumnType& column) { return column.id; });
  return append_rows(connection, table, types, changes, put_change);
}

Result<void> offer_market(DuckdbConnection& connection,
                          const std::vector<std::filesystem::path>& files) {
  auto made = connection.run(
      files.empty() ? fmt::format("create temp table market ({})", market_column_definitions())
                    : fmt::format("create temp view market as select {} from {}", market_columns(),
                                  sql_parquet(files)));
  return made ? Result<void>{} : tl::unexpected(made.error());
}

std::vector<model::MarketChange> read_changes(DuckdbAnswer answer) {
  std::vector<model::MarketChange> changes;
  while (const auto chunk = answer.next()) {
    for (std::size_t row = 0; row < chunk->rows(); ++row) {
      changes.push_back(read_change(*chunk, row));
    }
  }
  return changes;
}

}  // namespace spotvane::adapters
