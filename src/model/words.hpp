#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace spotvane::model {

/// The word for each value of an enumeration, both ways.
template <typename Value, std::size_t N>
using Words = std::array<std::pair<Value, std::string_view>, N>;

template <typename Value, std::size_t N>
std::string_view word_of(const Words<Value, N>& words, Value value) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const auto& word) { return word.first == value; });
  return found == words.end() ? std::string_view{} : found->second;
}

template <typename Value, std::size_t N>
std::optional<Value> value_of(const Words<Value, N>& words, std::string_view text) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const auto& word) { return word.second == text; });
  return found == words.end() ? std::nullopt : std::optional{found->first};
}

}  // namespace spotvane::model
