#include "adapters/sql/postgres_connection.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace spotvane::adapters {

namespace {

/// Few enough that their answers wait in the sockets' buffers while we still send.
constexpr int kMostUnanswered = 256;

std::int64_t whole_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// libpq says it in several lines, some of them indented.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char letter : text) {
    const bool is_space = letter == '\n' || letter == '\t' || letter == ' ';
    if (!is_space) {
      line += letter;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  while (!line.empty() && line.back() == ' ') {
    line.pop_back();
  }
  return line;
}

std::vector<const char*> pointers_to(const PostgresParameters& parameters) {
  std::vector<const char*> pointers;
  pointers.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    pointers.push_back(parameter ? parameter->c_str() : nullptr);
  }
  return pointers;
}

}  // namespace

std::int64_t PostgresRows::integer(int row, int column) const {
  return whole_number(text(row, column));
}

std::int64_t PostgresRows::changed() const {
  return whole_number(api_->cmdTuples(result_.get()));
}

PostgresResult<PostgresConnection> PostgresConnection::open(const PostgresApi& api,
                                                            const std::string& url,
                                                            const std::string& application) {
  // What comes after the address goes before it, and the other way round. A server that dies
  // without a word is missed within seconds.
  constexpr std::array kNames{
      "connect_timeout",  "keepalives_idle",  "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", "dbname",
      "client_encoding",  "application_name", static_cast<const char*>(nullptr)};
  const std::array values{"10",
                          "5",
                          "2",
                          "3",
                          "15000",
                          url.c_str(),
                          "UTF8",
                          application.c_str(),
                          static_cast<const char*>(nullptr)};
  static_assert(kNames.size() == std::tuple_size_v<decltype(values)>);
  PostgresConnection connection{api, api.connectdbParams(kNames.data(), values.data(), 1)};
  if (connection.is_lost()) {
    return tl::unexpected(connection.failure(nullptr));
  }
  api.setNoticeProcessor(connection.connection_.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

PostgresFailure PostgresConnection::failure(const PGresult* result) const {
  const auto field = [&](int which) {
    const char* const text = result == nullptr ? nullptr : api_->resultErrorField(result, which);
    return std::string{text == nullptr ? "" : text};
  };
  PostgresFailure failure{.sqlstate = field(PG_DIAG_SQLSTATE),
                          .message = one_line(field(PG_DIAG_MESSAGE_PRIMARY)),
                          .is_lost = is_lost()};
  // Where libpq fails by itself, or the server says its last word, that the connection is gone is
  // seen only later.
  const auto severity = field(PG_DIAG_SEVERITY_NONLOCALIZED);
  failure.is_lost =
      failure.is_lost || failure.sqlstate.empty() || severity == "FATAL" || severity == "PANIC";
  if (failure.message.empty()) {
    failure.message = one_line(api_->errorMessage(connection_.get()));
  }
  return failure;
}

PostgresResult<PostgresRows> PostgresConnection::check(PGresult* result) const {
  PostgresRows rows{*api_, result};
  const auto status = api_->resultStatus(result);  // of no result at all: a fatal error
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) {
    return rows;
  }
  return tl::unexpected(failure(result));
}

PostgresResult<PostgresRows> PostgresConnection::execute(const std::string& sql) {
  return check(api_->exec(connection_.get(), sql.c_str()));
}

PostgresResult<PostgresRows> PostgresConnection::query(const std::string& sql,
                                                       const PostgresParameters& parameters) {
  const auto values = pointers_to(parameters);
  return check(api_->execParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                nullptr, values.data(), nullptr, nullptr, 0));
}

PostgresResult<void> PostgresConnection::send(const std::string& sql,
                                              const PostgresParameters& parameters) {
  auto* const connection = connection_.get();
  const auto values = pointers_to(parameters);
  if (batch_.empty()) {
    if (api_->enterPipelineMode(connection) == 0 ||
        api_->sendPrepare(connection, "", sql.c_str(), static_cast<int>(values.size()), nullptr) ==
            0) {
      return tl::unexpected(failure(nullptr));
    }
    batch_ = sql;
  }
  if (api_->sendQueryPrepared(connection, "", static_cast<int>(values.size()), values.data(),
                              nullptr, nullptr, 0) == 0) {
    return tl::unexpected(failure(nullptr));
  }
  return ++sent_ < kMostUnanswered ? PostgresResult<void>{} : drain();
}

PostgresResult<void> PostgresConnection::drain() {
  sent_ = 0;
  auto* const connection = connection_.get();
  if (api_->pipelineSync(connection) == 0) {
    return tl::unexpected(failure(nullptr));
  }
  PostgresResult<void> outcome{};
  // Each statement's results end in none; all end in one that says so.
  int nothings = 0;
  while (nothings < 2) {
    PGresult* const result = api_->getResult(connection);
    nothings = result == nullptr ? nothings + 1 : 0;
    const auto status = result == nullptr ? PGRES_COMMAND_OK : api_->resultStatus(result);
    if (status == PGRES_FATAL_ERROR && outcome) {
      outcome = tl::unexpected(failure(result));
    }
    api_->clear(result);
    if (status == PGRES_PIPELINE_SYNC) {
      return outcome;
    }
  }
  return outcome ? tl::unexpected(failure(nullptr)) : outcome;
}

PostgresResult<void> PostgresConnection::finish() {
  if (std::exchange(batch_, {}).empty()) {
    return {};
  }
  auto outcome = drain();
  if (api_->exitPipelineMode(connection_.get()) == 0 && outcome) {
    return tl::unexpected(failure(nullptr));
  }
  return outcome;
}

}  // namespace spotvane::adapters
