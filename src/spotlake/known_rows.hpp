#pragma once

#include "spotlake/pool_sums.hpp"
#include "spotlake/score_codes.hpp"
#include "spotlake/score_columns.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::spotlake {

/// Rows of snapshots read before, as text.
///
/// Ten minutes later most rows say the same, and stand in the same order; a row that was understood
/// once need not be taken apart again. Only the first column, as a rule the time, is another: in
/// each file the same for all rows. A row that equals a known one in all other letters adds to the
/// same pool the same values, wherever the known one came from, so it is only counted; where to
/// look for it is a guess that may fail.
///
/// Where too many rows are unknown, the file is read without, and so are the next ones: one, two,
/// four of them and so on, as long as that happens again.
class KnownRows {
 public:
  /// Remembers at most so many rows, at 128 bytes each.
  explicit KnownRows(std::size_t most_rows) : most_rows_{most_rows} {}

  /// A file with these columns begins.
  void begin_file(const ScoreColumns& columns, PoolSums& sums);

  /// What is to be done with this file's rows: to be looked for here first, each one (`take`); or
  /// to be told to `remember`, each one; or neither.
  bool are_compared() const { return mode_ == Mode::Compare; }
  bool are_recorded() const { return mode_ == Mode::Record; }

  struct Taken {
    std::size_t rows = 0;
    std::size_t bytes = 0;
  };
  /// While `are_compared`: counts the known rows that `text`, whole lines, begins with.
  Taken take(std::string_view text);

  /// While `are_compared`: the line behind what was taken is none of them. It may be the last one
  /// to be compared in this file. Says whose record it adds to, as a rule.
  std::optional<std::uint32_t> pass_over(PoolSums& sums);

  /// Of a line with its line break, without quotes: how long its first cell is, which record it was
  /// added to, and what.
  void remember(std::string_view line, std::size_t first_cell, std::uint32_t record, RowCodes codes,
                PoolSums& sums);

  /// Adds to the sums what was only counted so far.
  void settle(PoolSums& sums);

 private:
  enum class Mode : std::uint8_t { Record, Compare, Rest };

  static constexpr std::size_t kMostLetters = 116;

  struct alignas(64) Row {
    std::uint32_t record;
    std::uint32_t times;  // it was met since its codes were last added
    RowCodes codes;
    std::uint8_t letters;
    std::array<char, kMostLetters> text;  // behind the first cell, with the line break
  };
  static_assert(sizeof(Row) == 128);

  void fetch(std::size_t row) const;
  bool begins_with(std::string_view text, std::size_t row) const;
  std::optional<std::size_t> find_near_next(std::string_view text) const;
  static void settle(Row& row, PoolSums& sums);
  void forget(PoolSums& sums);
  void pause();

  std::size_t most_rows_;
  ScoreColumns columns_;
  Mode mode_ = Mode::Rest;
  std::vector<Row> rows_;
  std::optional<std::string> first_cell_;  // of this file's rows, with the comma
  std::size_t next_ = 0;                   // the row expected next
  std::size_t found_ = 0;                  // in this file
  std::size_t passed_over_ = 0;
  std::size_t pause_ = 0;  // files still to read without
  std::size_t next_pause_ = 0;
};

}  // namespace spotvane::spotlake
