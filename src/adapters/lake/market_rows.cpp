#include "adapters/lake/market_rows.hpp"

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

/// A chunk of the archive's columns, filled row by row.
class ChunkWriter {
 public:
  explicit ChunkWriter(const DuckdbApi& api) : api_{api} {
    std::array<duckdb_logical_type, kColumns.size()> types{};
    for (std::size_t i = 0; i < types.size(); ++i) {
      types[i] = api_.create_logical_type(kColumns[i].id);
    }
    chunk_ = api_.create_data_chunk(types.data(), types.size());
    for (auto& type : types) {
      api_.destroy_logical_type(&type);
    }
  }
  ~ChunkWriter() { api_.destroy_data_chunk(&chunk_); }
  ChunkWriter(const ChunkWriter&) = delete;
  ChunkWriter& operator=(const ChunkWriter&) = delete;

  duckdb_data_chunk fill(std::span<const model::MarketChange> changes) {
    api_.data_chunk_reset(chunk_);
    api_.data_chunk_set_size(chunk_, changes.size());
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      vectors_[i] = api_.data_chunk_get_vector(chunk_, i);
      data_[i] = api_.vector_get_data(vectors_[i]);
    }
    for (std::size_t row = 0; row < changes.size(); ++row) {
      put_change(row, changes[row]);
    }
    return chunk_;
  }

 private:
  void put_change(std::size_t row, const model::MarketChange& change) {
    put(Time, row, std::chrono::microseconds{change.at.time_since_epoch()}.count());
    put_text(InstanceType, row, change.pool.type.text());
    put_text(Region, row, change.pool.region.text());
    if (change.pool.zone.empty()) {
      put_null(AzId, row);
    } else {
      put_text(AzId, row, change.pool.zone.text());
    }
    put(Sps, row, change.state.sps);
    put(T2, row, change.state.t2);
    put(T3, row, change.state.t3);
    put(IfBand, row, change.state.band);
    put(Savings, row, change.state.savings);
    put(SpotPrice, row, dollars(change.state.spot_price));
    put(OnDemandPrice, row, dollars(change.state.on_demand_price));
    put(Ceased, row, change.has_ceased);
  }

  static std::optional<double> dollars(const std::optional<Money>& price) {
    return price ? std::optional{price->dollars()} : std::nullopt;
  }

  template <typename T>
  void put(Column column, std::size_t row, const T& value) {
    static_cast<T*>(data_[column])[row] = value;
  }

  template <typename T>
  void put(Column column, std::size_t row, const std::optional<T>& value) {
    if (value) {
      put(column, row, *value);
    } else {
      put_null(column, row);
    }
  }

  void put_text(Column column, std::size_t row, const std::string& text) {
    api_.vector_assign_string_element_len(vectors_[column], row, text.data(), text.size());
  }

  void put_null(Column column, std::size_t row) {
    api_.vector_ensure_validity_writable(vectors_[column]);
    api_.validity_set_row_invalid(api_.vector_get_validity(vectors_[column]), row);
  }

  const DuckdbApi& api_;
  duckdb_data_chunk chunk_ = nullptr;
  std::array<duckdb_vector, kColumns.size()> vectors_{};
  std::array<void*, kColumns.size()> data_{};
};

/// Adds chunks to a table.
class Appender {
 public:
  Appender(const DuckdbConnection& connection, const std::string& table)
      : api_{connection.api()},
        is_good_{api_.appender_create(connection.handle(), nullptr, table.c_str(), &appender_) ==
                 DuckDBSuccess} {}
  ~Appender() { api_.appender_destroy(&appender_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  void append(duckdb_data_chunk chunk) {
    is_good_ = is_good_ && api_.append_data_chunk(appender_, chunk) == DuckDBSuccess;
  }

  /// Says how all of it went.
  Result<void> close() {
    is_good_ = is_good_ && api_.appender_close(appender_) == DuckDBSuccess;
    if (!is_good_) {
      const char* const words = api_.appender_error(appender_);
      return tl::unexpected(duckdb_error(words == nullptr ? "rows were refused" : words));
    }
    return {};
  }

 private:
  const DuckdbApi& api_;
  duckdb_appender appender_ = nullptr;
  bool is_good_;
};

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
  Appender appender{connection, table};
  ChunkWriter writer{connection.api()};
  const std::size_t chunk_rows = connection.api().vector_size();
  while (!changes.empty()) {
    const auto count = std::min(chunk_rows, changes.size());
    appender.append(writer.fill(changes.first(count)));
    changes = changes.subspan(count);
  }
  return appender.close();
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
