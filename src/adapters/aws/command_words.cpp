#include "adapters/aws/command_words.hpp"

#include <optional>
#include <utility>

namespace spotvane::adapters {

namespace {

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

}  // namespace

Result<std::vector<std::string>> command_words(std::string_view command) {
  std::vector<std::string> words;
  std::optional<std::string> word;  // under way; "''" is a word, too
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char letter = command[i];
    if (quote == '\0' && is_blank(letter)) {
      if (word) {
        words.push_back(*std::exchange(word, std::nullopt));
      }
      continue;
    }
    if (!word) {
      word.emplace();
    }
    if (letter == '\\' && quote != '\'') {
      if (++i == command.size()) {
        return fail(ErrorKind::InvalidInput, "the command ends in a backslash");
      }
      // Between double quotes a backslash counts before another and before a quote alone.
      if (quote == '"' && command[i] != '"' && command[i] != '\\') {
        *word += letter;
      }
      *word += command[i];
    } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
      quote = letter;
    } else if (letter == quote) {
      quote = '\0';
    } else {
      *word += letter;
    }
  }
  if (quote != '\0') {
    return fail(ErrorKind::InvalidInput, "a quote in the command is not closed");
  }
  if (word) {
    words.push_back(*std::move(word));
  }
  return words;
}

}  // namespace spotvane::adapters
