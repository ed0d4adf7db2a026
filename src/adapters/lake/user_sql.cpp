#include "adapters/lake/user_sql.hpp"

#include "adapters/lake/durable_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

namespace spotvane::adapters {
namespace {

struct Format {
  std::string_view name;
  std::string_view options;
};

constexpr std::array<Format, 3> kFormats{{
    {"csv", "format csv, header true"},
    {"parquet", "format parquet, compression zstd"},
    {"json", "format json, array true"},
}};

bool is_floating(duckdb_type type) {
  return type == DUCKDB_TYPE_FLOAT || type == DUCKDB_TYPE_DOUBLE;
}

/// Whether JSON writes it without quotes.
bool is_bare(duckdb_type type) {
  constexpr std::array kBare{
      DUCKDB_TYPE_BOOLEAN, DUCKDB_TYPE_TINYINT,  DUCKDB_TYPE_SMALLINT,  DUCKDB_TYPE_INTEGER,
      DUCKDB_TYPE_BIGINT,  DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_USMALLINT, DUCKDB_TYPE_UINTEGER,
      DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_HUGEINT,  DUCKDB_TYPE_UHUGEINT,  DUCKDB_TYPE_FLOAT,
      DUCKDB_TYPE_DOUBLE,  DUCKDB_TYPE_DECIMAL,
  };
  return std::find(kBare.begin(), kBare.end(), type) != kBare.end();
}

/// The statement as a table whose columns are called c0, c1, ...: names of the user's may be
/// double.
std::string as_table(std::string_view sql, std::size_t columns) {
  const auto end = sql.find_last_not_of("; \t\r\n");
  std::string names;
  for (std::size_t i = 0; i < columns; ++i) {
    names += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  }
  // On lines of its own, or a comment at its end would hide the bracket.
  return fmt::format("(\n{}\n) as answer({})", sql.substr(0, end + 1), names);
}

/// c0 and so on, NaN and infinities turned into NULL, each followed by `suffix(i)`.
template <typename Suffix>
std::string finite_columns(const std::vector<DuckdbColumn>& columns, Suffix suffix) {
  std::string list;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto value = is_floating(columns[i].type)
                           ? fmt::format("case when isfinite(c{}) then c{} end", i, i)
                           : fmt::format("c{}", i);
    list += fmt::format("{}({}){}", i == 0 ? "" : ", ", value, suffix(i));
  }
  return list;
}

std::string sql_name(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c == '"' ? "\"\"" : std::string(1, c);
  }
  return quoted + "\"";
}

/// Where to write: what a link at `target` points to, or `target`.
Result<std::filesystem::path> export_target(const std::filesystem::path& target) {
  std::error_code failure;
  auto file = std::filesystem::weakly_canonical(std::filesystem::absolute(target), failure);
  if (failure) {
    return tl::unexpected(storage_error("find", target, failure.value()));
  }
  if (std::filesystem::exists(file, failure) && !std::filesystem::is_regular_file(file, failure)) {
    return fail(ErrorKind::InvalidInput, "'{}' is not a file", target.native());
  }
  if (!std::filesystem::is_directory(file.parent_path(), failure)) {
    return fail(ErrorKind::InvalidInput, "there is no folder '{}'", file.parent_path().native());
  }
  return file;
}

}  // namespace

Result<QueryResult> run_user_sql(DuckdbConnection& connection, const std::string& sql) {
  const auto columns = connection.describe_select(sql);
  if (!columns) {
    return tl::unexpected(columns.error());
  }
  const auto texts = finite_columns(*columns, [](std::size_t) { return "::varchar"; });
  auto answer =
      connection.run(fmt::format("select {} from {}", texts, as_table(sql, columns->size())));
  if (!answer) {
    return tl::unexpected(answer.error());
  }

  QueryResult result;
  for (const auto& column : *columns) {
    result.columns.push_back({column.name, is_bare(column.type)});
  }
  while (const auto chunk = answer->next()) {
    for (std::size_t row = 0; row < chunk->rows(); ++row) {
      auto& cells = result.rows.emplace_back();
      cells.reserve(columns->size());
      for (std::size_t i = 0; i < columns->size(); ++i) {
        cells.push_back(chunk->is_null(i, row) ? std::nullopt
                                               : std::optional{std::string{chunk->text(i, row)}});
      }
    }
  }
  return result;
}

Result<std::uint64_t> export_user_sql(DuckdbConnection& connection, const std::string& sql,
                                      const std::string& format,
                                      const std::filesystem::path& target) {
  const auto* const known =
      std::find_if(kFormats.begin(), kFormats.end(),
                   [&](const auto& candidate) { return candidate.name == format; });
  if (known == kFormats.end()) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, fmt::format("unknown format '{}'", format),
                                "choose csv, parquet or json"});
  }
  const auto file = export_target(target);
  if (!file) {
    return tl::unexpected(file.error());
  }
  const auto columns = connection.describe_select(sql);
  if (!columns) {
    return tl::unexpected(columns.error());
  }

  const auto list = finite_columns(
      *columns, [&](std::size_t i) { return " as " + sql_name((*columns)[i].name); });
  const Unfinished temporary{file->parent_path() /
                             fmt::format(".{}.tmp", file->filename().native())};
  auto copied = connection.run(fmt::format(
      "copy (select {} from {}) to {} ({}, use_tmp_file false)", list,
      as_table(sql, columns->size()), sql_quoted(temporary.path().native()), known->options));
  if (!copied) {
    return tl::unexpected(copied.error());
  }
  const auto count = copied->next();
  const auto rows = count ? count->value<std::int64_t>(0, 0).value_or(0) : 0;
  if (auto synced = sync_file(temporary.path()); !synced) {
    return tl::unexpected(synced.error());
  }
  if (auto renamed = rename_durably(temporary.path(), *file); !renamed) {
    return tl::unexpected(renamed.error());
  }
  return static_cast<std::uint64_t>(rows);
}

}  // namespace spotvane::adapters
