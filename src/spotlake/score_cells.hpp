#pragma once

#include "spotlake/score_columns.hpp"
#include "spotlake/separators.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spotvane::spotlake {

/// A row's cells that scores need.
struct ScoreCells {
  std::string_view type;
  std::string_view region;
  std::string_view sps;
  std::string_view interruption;
};

/// Whether every record of a text has `width` fields: with as many line breaks as records, and each
/// record's last separator one of them, no other separator is one.
inline bool is_regular(std::string_view text, const Separators& separators, std::size_t width) {
  if (separators.count != separators.line_breaks * width) {
    return false;
  }
  bool is_regular = true;
  for (std::size_t last = width; last <= separators.count; last += width) {
    is_regular &= text[separators.positions[last]] == '\n';
  }
  return is_regular;
}

/// Finds the cells of rows in a regular text.
class CellFinder {
 public:
  CellFinder(std::string_view text, const Separators& separators, const ScoreColumns& columns)
      : text_{text}, positions_{separators.positions.data()}, columns_{columns} {}

  ScoreCells row(std::size_t row) const {
    return {cell(row, columns_[ScoreColumn::Type]), cell(row, columns_[ScoreColumn::Region]),
            cell(row, columns_[ScoreColumn::Sps]), cell(row, columns_[ScoreColumn::Interruption])};
  }

  /// The row as it lies in the text, with its line break.
  std::string_view line(std::size_t row) const {
    const auto first = positions_[row * columns_.width] + 1;
    return text_.substr(first, positions_[(row + 1) * columns_.width] + 1 - first);
  }
  std::size_t first_cell_letters(std::size_t row) const {
    const auto* const begin = positions_ + row * columns_.width;
    return begin[1] - (begin[0] + 1);
  }

 private:
  std::string_view cell(std::size_t row, std::size_t column) const {
    const auto* const begin = positions_ + row * columns_.width + column;
    const std::uint32_t first = begin[0] + 1;
    auto size = begin[1] - first;
    if (column + 1 == columns_.width && size > 0 && text_[begin[1] - 1] == '\r') {
      --size;
    }
    return {text_.data() + first, size};
  }

  std::string_view text_;
  const std::uint32_t* positions_;
  const ScoreColumns& columns_;
};

}  // namespace spotvane::spotlake
