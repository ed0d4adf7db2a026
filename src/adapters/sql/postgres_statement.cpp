#include "adapters/sql/postgres_statement.hpp"

#include "adapters/sql/postgres_database.hpp"
#include "adapters/sql/postgres_dialect.hpp"

#include <charconv>

namespace spotvane::adapters {

Result<bool> PostgresStatement::step() {
  if (!rows_) {
    auto rows = database_.query(sql_, parameters_);
    if (!rows) {
      return tl::unexpected(std::move(rows.error()));
    }
    rows_ = std::move(*rows);
  }
  return ++row_ < rows_->count();
}

Result<void> PostgresStatement::enqueue() {
  return database_.send(sql_, parameters_);
}

Result<void> PostgresStatement::finish() {
  return database_.finish();
}

double PostgresStatement::real(int column) const {
  const auto text = rows_->text(row_, column);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string PostgresStatement::text(int column) const {
  return from_postgres_text(rows_->text(row_, column));
}

void PostgresStatement::reset() {
  rows_.reset();
  row_ = -1;
}

std::optional<std::string>& PostgresStatement::parameter(int index) {
  const auto count = static_cast<std::size_t>(index);
  if (parameters_.size() < count) {
    parameters_.resize(count);
  }
  return parameters_[count - 1];
}

void PostgresStatement::bind(int index, std::int64_t value) {
  parameter(index) = fmt::format("{}", value);
}

void PostgresStatement::bind(int index, double value) {
  parameter(index) = fmt::format("{}", value);  // the shortest that reads back as the same
}

void PostgresStatement::bind(int index, std::string_view value) {
  parameter(index) = to_postgres_text(value);
}

void PostgresStatement::bind_null(int index) {
  parameter(index).reset();
}

}  // namespace spotvane::adapters
