#include "cli/csv_table.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

namespace {

/// The fields of the row that `text` begins with, taken off it. Fails where a quote is left open.
Result<std::vector<std::string>> next_row(std::string_view& text, std::size_t line) {
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  std::size_t i = 0;
  for (; i < text.size() && (is_quoted || text[i] != '\n'); ++i) {
    const char letter = text[i];
    if (is_quoted && letter == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (letter == '"') {
      is_quoted = !is_quoted;
    } else if (letter == ',' && !is_quoted) {
      fields.emplace_back();
    } else if (letter != '\r' || is_quoted) {
      fields.back() += letter;
    }
  }
  if (is_quoted) {
    return fail(ErrorKind::Corrupt, "line {}: a quote is not closed", line);
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return fields;
}

}  // namespace

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found != names.end() ? std::optional{static_cast<std::size_t>(found - names.begin())}
                              : std::nullopt;
}

Result<CsvTable> parse_csv_table(std::string_view text) {
  CsvTable table;
  for (std::size_t line = 1; !text.empty(); ++line) {
    auto row = next_row(text, line);
    if (!row) {
      return tl::unexpected(row.error());
    }
    if (line == 1) {
      table.names = std::move(*row);
      continue;
    }
    if (row->size() == 1 && row->front().empty()) {
      continue;
    }
    if (row->size() != table.names.size()) {
      return fail(ErrorKind::Corrupt, "line {}: expected {} fields, got {}", line,
                  table.names.size(), row->size());
    }
    table.rows.push_back(std::move(*row));
  }
  return table;
}

}  // namespace spotvane::cli
