#include "adapters/sql/postgres_dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <utility>

namespace spotvane::adapters {

namespace {

bool is_of_word(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

/// What comes first in `sql`: a quoted text, a comment, a word, or a single letter.
std::string_view next_token(std::string_view sql) {
  const char first = sql.front();
  if (first == '\'' || first == '"') {
    const auto end = sql.find(first, 1);
    return sql.substr(0, end == std::string_view::npos ? sql.size() : end + 1);
  }
  if (sql.starts_with("--")) {
    return sql.substr(0, sql.find('\n'));
  }
  if (is_of_word(first)) {
    const auto* const end = std::find_if_not(sql.begin(), sql.end(), is_of_word);
    return sql.substr(0, static_cast<std::size_t>(end - sql.begin()));
  }
  return sql.substr(0, 1);
}

std::string_view type_in_postgres(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kTypes{{
      {"integer", "bigint"},
      {"real", "double precision"},
      {"text", "text collate \"C\""},
  }};
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(),
                                         [&](const auto& type) { return type.first == word; });
  return found == kTypes.end() ? word : found->second;
}

/// How many bytes of the first letter, if it is UTF-8; else 0.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
  };
  const auto continues = [&](std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) {
        return false;
      }
    }
    return true;
  };
  const auto first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    return continues(1, 2) ? 2 : 0;
  }
  if (first >= 0xE0 && first <= 0xEF) {
    const bool is_overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool is_surrogate = first == 0xED && byte(1) > 0x9F;
    return continues(1, 3) && !is_overlong && !is_surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool is_overlong = first == 0xF0 && byte(1) < 0x90;
    const bool is_beyond = first == 0xF4 && byte(1) > 0x8F;
    return continues(1, 4) && !is_overlong && !is_beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string to_postgres_statement(std::string_view sql) {
  std::string translated;
  int parameters = 0;
  while (!sql.empty()) {
    const auto token = next_token(sql);
    sql.remove_prefix(token.size());
    translated += token == "?" ? fmt::format("${}", ++parameters) : std::string{token};
  }
  return translated;
}

std::string to_postgres_schema(std::string_view sql) {
  std::string translated;
  std::string_view words[2];  // the last two
  bool makes_table = false;
  bool is_past_columns = false;
  int depth = 0;
  while (!sql.empty()) {
    const auto token = next_token(sql);
    sql.remove_prefix(token.size());
    if (is_of_word(token.front())) {
      words[0] = std::exchange(words[1], token);
      makes_table = makes_table || (words[0] == "create" && words[1] == "table");
    }
    if (token == ";") {
      makes_table = is_past_columns = false;
    }
    depth += token == "(" ? 1 : token == ")" ? -1 : 0;
    if (!is_past_columns) {
      translated += type_in_postgres(token);
    }
    is_past_columns = is_past_columns || (makes_table && token == ")" && depth == 0);
  }
  return translated;
}

std::string to_postgres_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto length = utf8_length(bytes);
    if (length == 0 || bytes.front() == '\0') {
      text += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(bytes.front()));
      bytes.remove_prefix(1);
      continue;
    }
    text += bytes.front() == '\\' ? std::string_view{"\\\\"} : bytes.substr(0, length);
    bytes.remove_prefix(length);
  }
  return text;
}

std::string from_postgres_text(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with("\\x") && text.size() >= 4) {
      std::uint8_t byte = 0;
      std::from_chars(text.data() + 2, text.data() + 4, byte, 16);
      bytes += static_cast<char>(byte);
      text.remove_prefix(4);
      continue;
    }
    bytes += text.front();
    text.remove_prefix(text.starts_with("\\\\") ? 2 : 1);
  }
  return bytes;
}

}  // namespace spotvane::adapters
