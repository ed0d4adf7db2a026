#pragma once

#include "base/money.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace spotvane::cli {

/// A number that is in digits already, such as SQL's decimals.
struct Numeral {
  std::string digits;
};

/// Several words: a list in JSON, with blanks between them elsewhere.
using Words = std::vector<std::string>;

/// One thing a command has to say, with its type. The default is absent: blank, empty or null.
using Value = std::variant<std::monostate, std::string, std::int64_t, double, bool, Money,
                           TimePoint, Numeral, Words>;

Value whole(std::integral auto number) {
  return static_cast<std::int64_t>(number);
}

template <std::integral Number>
Value whole(const std::optional<Number>& number) {
  return number ? whole(*number) : Value{};
}

inline Value price(const std::optional<Money>& money) {
  return money ? Value{*money} : Value{};
}

/// Rows under named columns. A terminal shows a table, `--output csv` and `json` everything
/// exactly.
struct Table {
  struct Column {
    std::string name;  ///< snake_case, as in CSV and JSON
    int places = 4;    ///< of real numbers, on a terminal only
  };
  std::string name;
  std::vector<Column> columns;
  std::vector<std::vector<Value>> rows = {};
  std::size_t more = 0;  ///< rows there are, but that were not asked for

  /// CSV and JSON only: makes the rows after those while they are written, where there are many.
  /// Fills the row; false after the last.
  std::function<bool(std::vector<Value>& row)> next = {};
};

/// What a command found: some facts, some tables. The first table is the one `--output csv` prints.
struct Document {
  std::vector<std::pair<std::string, Value>> facts = {};
  std::vector<Table> tables = {};
};

enum class OutputFormat : std::uint8_t { Table, Csv, Json };

/// "table", "csv", "json".
Result<OutputFormat> parse_output_format(std::string_view text);

/// Writes the document as asked. On a terminal at most `rows_most` rows of each table, and how many
/// were left out; CSV and JSON are whole.
std::string render(const Document& document, OutputFormat format,
                   std::optional<std::size_t> rows_most = std::nullopt);

/// A value as CSV and JSON write it, without quotes: full precision, ISO 8601 times.
std::string to_plain_text(const Value& value);

/// `text` as a JSON string, quotes and all.
std::string to_json_string(std::string_view text);

/// `text` as a CSV field (RFC 4180): in quotes only where it must be.
std::string to_csv_field(std::string_view text);

}  // namespace spotvane::cli
