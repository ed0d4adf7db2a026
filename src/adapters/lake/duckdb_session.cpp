#include "adapters/lake/duckdb_session.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::adapters {
namespace {

/// The statements a text consists of.
class Extracted {
 public:
  Extracted(const DuckdbApi& api, duckdb_connection connection, const std::string& sql)
      : api_{api}, count_{api.extract_statements(connection, sql.c_str(), &statements_)} {}
  ~Extracted() { api_.destroy_extracted(&statements_); }
  Extracted(const Extracted&) = delete;
  Extracted& operator=(const Extracted&) = delete;

  std::size_t count() const { return count_; }
  duckdb_extracted_statements get() const { return statements_; }
  const char* error() const { return api_.extract_statements_error(statements_); }

 private:
  const DuckdbApi& api_;
  duckdb_extracted_statements statements_ = nullptr;
  std::size_t count_;
};

/// A statement DuckDB has understood, or its reason for not doing so.
class Statement {
 public:
  Statement(const DuckdbApi& api, duckdb_connection connection, const Extracted& extracted)
      : api_{api},
        is_good_{api.prepare_extracted_statement(connection, extracted.get(), 0, &statement_) ==
                 DuckDBSuccess} {}
  ~Statement() { api_.destroy_prepare(&statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  bool is_good() const { return is_good_; }
  const char* error() const { return api_.prepare_error(statement_); }
  bool only_reads() const {
    return api_.prepared_statement_type(statement_) == DUCKDB_STATEMENT_TYPE_SELECT;
  }
  bool has_parameters() const { return api_.nparams(statement_) != 0; }

  std::vector<DuckdbColumn> columns() const {
    std::vector<DuckdbColumn> columns;
    for (idx_t i = 0; i < api_.prepared_statement_column_count(statement_); ++i) {
      const char* const name = api_.prepared_statement_column_name(statement_, i);
      columns.push_back({name, api_.prepared_statement_column_type(statement_, i)});
      api_.free(const_cast<char*>(name));  // ours to free, says its documentation
    }
    return columns;
  }

 private:
  const DuckdbApi& api_;
  duckdb_prepared_statement statement_ = nullptr;
  bool is_good_;
};

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

DuckdbChunk::~DuckdbChunk() {
  if (chunk_ != nullptr) {
    api_->destroy_data_chunk(&chunk_);
  }
}

DuckdbChunk::DuckdbChunk(DuckdbChunk&& other) noexcept
    : api_{other.api_}, chunk_{std::exchange(other.chunk_, nullptr)} {}

bool DuckdbChunk::is_null(std::size_t column, std::size_t row) const {
  auto* const validity = api_->vector_get_validity(api_->data_chunk_get_vector(chunk_, column));
  return validity != nullptr && !api_->validity_row_is_valid(validity, row);
}

std::string_view DuckdbChunk::text(std::size_t column, std::size_t row) const {
  if (is_null(column, row)) {
    return {};
  }
  auto& string = static_cast<duckdb_string_t*>(data(column))[row];
  return {api_->string_t_data(&string), api_->string_t_length(string)};
}

DuckdbAnswer::DuckdbAnswer(DuckdbAnswer&& other) noexcept
    : api_{other.api_}, result_{std::exchange(other.result_, duckdb_result{})} {}

std::optional<DuckdbChunk> DuckdbAnswer::next() {
  auto* const chunk = api_->fetch_chunk(result_);
  if (chunk == nullptr) {
    return std::nullopt;
  }
  return DuckdbChunk{*api_, chunk};
}

DuckdbConnection::DuckdbConnection(const DuckdbApi& api, duckdb_database database) : api_{api} {
  const bool is_connected = api_.connect(database, &connection_) == DuckDBSuccess;
  SPOTVANE_ASSERT(is_connected);
}

Result<DuckdbAnswer> DuckdbConnection::run(const std::string& sql) {
  duckdb_result result{};
  const bool is_done = api_.query(connection_, sql.c_str(), &result) == DuckDBSuccess;
  DuckdbAnswer answer{api_, result};
  if (!is_done) {
    return tl::unexpected(duckdb_error(api_.result_error(&result)));
  }
  return answer;
}

Result<std::vector<DuckdbColumn>> DuckdbConnection::describe_select(const std::string& sql) {
  const Extracted extracted{api_, connection_, sql};
  if (extracted.count() == 0) {
    const auto* const words = extracted.error();
    return words == nullptr
               ? fail(ErrorKind::InvalidInput, "there is no SQL statement in '{}'", sql)
               : tl::unexpected(duckdb_error(words));
  }
  if (extracted.count() > 1) {
    return fail(ErrorKind::InvalidInput, "one SQL statement at a time, got {}", extracted.count());
  }
  const Statement statement{api_, connection_, extracted};
  if (!statement.is_good()) {
    return tl::unexpected(duckdb_error(statement.error()));
  }
  if (!statement.only_reads()) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, "only statements that read are allowed",
                                "begin with select, from, with or describe"});
  }
  if (statement.has_parameters()) {
    return fail(ErrorKind::InvalidInput, "there are no values for the parameters in '{}'", sql);
  }
  return statement.columns();
}

Result<std::unique_ptr<DuckdbDatabase>> DuckdbDatabase::open(const DuckdbLimits& limits) {
  const auto api = load_duckdb();
  if (!api) {
    return tl::unexpected(api.error());
  }
  // Left alone, DuckDB takes all cores and most of the memory, spills into the current folder, and
  // downloads extensions.
  const std::array<std::pair<const char*, std::string>, 5> settings{{
      {"threads", std::to_string(limits.threads)},
      {"memory_limit", limits.memory},
      {"temp_directory", limits.spill_folder.native()},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
  }};
  duckdb_config config = nullptr;
  api->create_config(&config);
  for (const auto& [name, value] : settings) {
    const bool is_known = api->set_config(config, name, value.c_str()) == DuckDBSuccess;
    SPOTVANE_ASSERT(is_known);
  }
  duckdb_database database = nullptr;
  char* words = nullptr;
  const bool is_open = api->open_ext(nullptr, &database, config, &words) == DuckDBSuccess;
  api->destroy_config(&config);
  if (!is_open) {
    auto error = duckdb_error(words == nullptr ? "it says no more" : words);
    api->free(words);
    error.kind = ErrorKind::Storage;
    return tl::unexpected(std::move(error).during("start DuckDB"));
  }
  return std::unique_ptr<DuckdbDatabase>{new DuckdbDatabase{*api, database}};
}

Error duckdb_error(std::string_view words) {
  constexpr std::array<std::string_view, 6> kNotTheSql{"IO Error",         "Out of Memory Error",
                                                       "Permission Error", "FATAL Error",
                                                       "INTERNAL Error",   "Serialization Error"};
  const bool is_sql = std::none_of(kNotTheSql.begin(), kNotTheSql.end(),
                                   [&](auto start) { return words.starts_with(start); });

  Error error{is_sql ? ErrorKind::InvalidInput : ErrorKind::Storage, std::string{take_line(words)}};
  // The second line, where there is one, is advice: "Candidate bindings: ...", "Did you mean ...".
  if (const auto advice = take_line(words); is_sql && !advice.starts_with("LINE ")) {
    error.hint = advice;
  }
  if (error.message.find("No space left on device") != std::string::npos ||
      error.message.find("File too large") != std::string::npos) {
    error.hint = "free some space on that disk, or choose another home with --home";
  } else if (error.message.starts_with("Out of Memory Error")) {
    error.hint = "ask for less at once: a time range, fewer columns, or an aggregate";
  }
  return error;
}

std::string sql_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? "''" : std::string(1, c);
  }
  return quoted + "'";
}

std::string sql_parquet(const std::vector<std::filesystem::path>& files) {
  std::string list;
  for (const auto& file : files) {
    list += (list.empty() ? "" : ", ") + sql_quoted(file.native());
  }
  // The day in a file's path says nothing that its rows do not.
  return fmt::format("read_parquet([{}], hive_partitioning = false)", list);
}

}  // namespace spotvane::adapters
