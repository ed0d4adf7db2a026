#include "adapters/lake/sorted_copy.hpp"

#include <array>

namespace spotvane::adapters {
namespace {

constexpr std::array kTextColumns{"instance_type", "region", "az_id"};

Result<void> copy(DuckdbConnection& connection, const std::string& query,
                  const std::filesystem::path& file) {
  // Without use_tmp_file = false DuckDB writes a `tmp_...` beside the file and syncs neither.
  auto copied = connection.run(
      fmt::format("copy ({}) to {} (format parquet, compression zstd, use_tmp_file false)", query,
                  sql_quoted(file.native())));
  return copied ? Result<void>{} : tl::unexpected(copied.error());
}

/// A type for a column of text: its words, in order. Without any, DuckDB would make no type.
Result<void> create_word_type(DuckdbConnection& connection, const std::string& table,
                              std::string_view column) {
  auto made = connection.run(
      fmt::format("create type {}_word as enum (select distinct {} from {} where {} is not null"
                  " union select '' order by 1)",
                  column, column, table, column));
  return made ? Result<void>{} : tl::unexpected(made.error());
}

}  // namespace

std::string_view sql_order(RowOrder order) {
  return order == RowOrder::ByTime ? "time, instance_type, region, az_id nulls first"
                                   : "instance_type, region, az_id nulls first, time";
}

Result<void> copy_in_order(DuckdbConnection& connection, const std::string& table,
                           const std::filesystem::path& file) {
  return copy(connection, fmt::format("from {}", table), file);
}

Result<void> copy_sorted(DuckdbConnection& connection, const std::string& table, RowOrder order,
                         const std::filesystem::path& file) {
  return copy(connection, fmt::format("from {} order by {}", table, sql_order(order)), file);
}

Result<void> copy_many_sorted(DuckdbConnection& connection, const std::string& table,
                              RowOrder order, const std::filesystem::path& file) {
  // A word's number takes two bytes in a row that is being sorted; its text takes sixteen and more.
  std::string to_words;
  std::string to_text;
  for (const std::string column : kTextColumns) {
    if (auto made = create_word_type(connection, table, column); !made) {
      return made;
    }
    const auto* const joint = to_words.empty() ? "" : ", ";
    to_words += fmt::format("{}{}::{}_word as {}", joint, column, column, column);
    to_text += fmt::format("{}{}::varchar as {}", joint, column, column);
  }
  return copy(connection,
              fmt::format("select * replace ({}) from (select * replace ({}) from {} order by {})",
                          to_text, to_words, table, sql_order(order)),
              file);
}

}  // namespace spotvane::adapters
