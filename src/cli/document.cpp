#include "cli/document.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace spotvane::cli {

namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

bool is_number(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value) ||
         std::holds_alternative<Money>(value) || std::holds_alternative<Numeral>(value);
}

std::string cell(const Value& value, int places) {
  if (const auto* real = std::get_if<double>(&value)) {
    return fmt::format("{:.{}f}", *real, places);
  }
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? "yes" : "no";
  }
  return to_plain_text(value);
}

void append_plain(std::string& text, const Value& value) {
  const auto add = [&](const auto& number) {
    fmt::format_to(std::back_inserter(text), "{}", number);
  };
  std::visit(
      Overloaded{[](std::monostate) {}, [&](const std::string& one) { text += one; },
                 [&](std::int64_t number) { add(number); }, [&](double real) { add(real); },
                 [&](bool flag) { text += flag ? "true" : "false"; },
                 [&](Money money) { text += to_text(money); },
                 [&](TimePoint time) { text += to_iso8601(time); },
                 [&](const Numeral& number) { text += number.digits; },
                 [&](const Words& words) { text += fmt::format("{}", fmt::join(words, " ")); }},
      value);
}

void append_json(std::string& text, const Value& value) {
  const auto* real = std::get_if<double>(&value);
  if (std::holds_alternative<std::monostate>(value) || (real != nullptr && !std::isfinite(*real))) {
    text += "null";
  } else if (is_number(value) || std::holds_alternative<bool>(value)) {
    append_plain(text, value);
  } else if (const auto* words = std::get_if<Words>(&value)) {
    std::vector<std::string> quoted;
    std::transform(words->begin(), words->end(), std::back_inserter(quoted), to_json_string);
    text += fmt::format("[{}]", fmt::join(quoted, ", "));
  } else {
    text += to_json_string(to_plain_text(value));
  }
}

void append_csv(std::string& text, const Value& value) {
  if (const auto* field = std::get_if<std::string>(&value)) {
    text += to_csv_field(*field);
  } else if (std::holds_alternative<Words>(value)) {
    text += to_csv_field(to_plain_text(value));
  } else {
    append_plain(text, value);  // nothing in it needs quotes
  }
}

std::string json_value(const Value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

template <typename Visit>
void for_each_row(const Table& table, Visit visit) {
  for (const auto& row : table.rows) {
    visit(row);
  }
  std::vector<Value> row;
  while (table.next && table.next(row)) {
    visit(row);
  }
}

/// Characters on a terminal: UTF-8's continuation bytes take no column.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width, bool to_the_right) {
  const std::string blanks(width - std::min(width, columns_of(text)), ' ');
  return to_the_right ? fmt::format("{}{}", blanks, text) : fmt::format("{}{}", text, blanks);
}

std::string joined_row(const std::vector<std::string>& cells,
                       const std::vector<std::size_t>& widths, const std::vector<bool>& right) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += i == 0 ? "" : "  ";
    line += padded(cells[i], widths[i], right[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string render_table(const Table& table, std::optional<std::size_t> rows_most) {
  SPOTVANE_ASSERT(!table.next);
  const auto shown = std::min(table.rows.size(), rows_most.value_or(table.rows.size()));
  std::vector<std::string> heads;
  std::vector<std::size_t> widths;
  std::vector<bool> right(table.columns.size(), false);
  for (const auto& column : table.columns) {
    heads.push_back(column.name);
    widths.push_back(columns_of(column.name));
  }
  std::vector<std::vector<std::string>> cells(shown);
  for (std::size_t row = 0; row < shown; ++row) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto& value = table.rows[row][i];
      cells[row].push_back(cell(value, table.columns[i].places));
      widths[i] = std::max(widths[i], columns_of(cells[row].back()));
      right[i] = right[i] || is_number(value);
    }
  }
  auto text = joined_row(heads, widths, right);
  for (const auto& row : cells) {
    text += joined_row(row, widths, right);
  }
  if (const auto more = table.rows.size() - shown + table.more; more > 0) {
    text += fmt::format("... and {} more\n", more);
  }
  return text;
}

std::string render_terminal(const Document& document, std::optional<std::size_t> rows_most) {
  std::string text;
  std::size_t widest = 0;
  for (const auto& [name, value] : document.facts) {
    widest = std::max(widest, columns_of(name));
  }
  for (const auto& [name, value] : document.facts) {
    text += fmt::format("{}  {}\n", padded(name, widest, false), cell(value, 4));
  }
  for (const auto& table : document.tables) {
    text += text.empty() ? "" : "\n";
    if (document.tables.size() > 1) {
      text += fmt::format("{}\n", table.name);
    }
    text += render_table(table, rows_most);
  }
  return text;
}

std::string render_csv(const Document& document) {
  // A document without a table is one row: its facts.
  Table facts{.name = "facts", .columns = {}, .rows = {{}}};
  for (const auto& [name, value] : document.facts) {
    facts.columns.push_back({name});
    facts.rows[0].push_back(value);
  }
  const auto& table = document.tables.empty() ? facts : document.tables.front();
  std::string text;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    text += (i == 0 ? "" : ",") + to_csv_field(table.columns[i].name);
  }
  text += "\n";
  for_each_row(table, [&](const std::vector<Value>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "" : ",";
      append_csv(text, row[i]);
    }
    text += '\n';
  });
  return text;
}

std::string json_rows(const Table& table, std::string_view indent) {
  std::vector<std::string> names;
  for (const auto& column : table.columns) {
    names.push_back(to_json_string(column.name) + ": ");
  }
  std::string text = "[";
  bool is_first = true;
  for_each_row(table, [&](const std::vector<Value>& row) {
    text += is_first ? "\n" : ",\n";
    text.append(indent).append("  {");
    for (std::size_t i = 0; i < names.size(); ++i) {
      text.append(i == 0 ? "" : ", ").append(names[i]);
      append_json(text, row[i]);
    }
    text += '}';
    is_first = false;
  });
  return text + (is_first ? "]" : fmt::format("\n{}]", indent));
}

/// One table alone is a list of records; with facts or more tables, an object that names them.
std::string render_json(const Document& document) {
  if (document.facts.empty() && document.tables.size() == 1) {
    return json_rows(document.tables.front(), "") + "\n";
  }
  std::vector<std::string> members;
  for (const auto& [name, value] : document.facts) {
    members.push_back(fmt::format("  {}: {}", to_json_string(name), json_value(value)));
  }
  for (const auto& table : document.tables) {
    members.push_back(fmt::format("  {}: {}", to_json_string(table.name), json_rows(table, "  ")));
  }
  return fmt::format("{{\n{}\n}}\n", fmt::join(members, ",\n"));
}

}  // namespace

Result<OutputFormat> parse_output_format(std::string_view text) {
  if (text == "table") {
    return OutputFormat::Table;
  }
  if (text == "csv") {
    return OutputFormat::Csv;
  }
  if (text == "json") {
    return OutputFormat::Json;
  }
  return fail(ErrorKind::InvalidInput, "output must be one of table, csv, json, got '{}'", text);
}

std::string to_plain_text(const Value& value) {
  std::string text;
  append_plain(text, value);
  return text;
}

std::string to_json_string(std::string_view text) {
  std::string json = "\"";
  for (const char letter : text) {
    switch (letter) {
      case '"':
        json += "\\\"";
        break;
      case '\\':
        json += "\\\\";
        break;
      case '\n':
        json += "\\n";
        break;
      case '\t':
        json += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(letter) < 0x20) {
          json += fmt::format("\\u{:04x}", static_cast<unsigned char>(letter));
        } else {
          json += letter;
        }
    }
  }
  return json + "\"";
}

std::string to_csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string{text};
  }
  std::string field = "\"";
  for (const char letter : text) {
    field += letter;
    if (letter == '"') {
      field += '"';
    }
  }
  return field + "\"";
}

std::string render(const Document& document, OutputFormat format,
                   std::optional<std::size_t> rows_most) {
  switch (format) {
    case OutputFormat::Table:
      return render_terminal(document, rows_most);
    case OutputFormat::Csv:
      return render_csv(document);
    case OutputFormat::Json:
      return render_json(document);
  }
  return {};
}

}  // namespace spotvane::cli
