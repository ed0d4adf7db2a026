#include "spotlake/known_rows.hpp"

#include <algorithm>
#include <cstring>

namespace spotvane::spotlake {

namespace {

// What a file may pass over before it is read without: less than costs more than all others save.
constexpr std::size_t kFewPassedOver = 64;
constexpr std::size_t kOneIn = 4;
constexpr std::size_t kLongestPause = 64;

constexpr std::size_t kRowsAtFirst = 65'536;  // memory that is not written to costs nothing
constexpr std::size_t kRowsAhead = 8;         // whose memory is on its way

using TwoWords [[gnu::vector_size(16)]] = std::uint64_t;

TwoWords difference(const char* a, const char* b) {
  TwoWords left;
  TwoWords right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  return left ^ right;
}

/// Of texts of the same length.
bool are_equal(std::string_view a, std::string_view b) {
  if (a.size() < sizeof(TwoWords)) {
    return a == b;
  }
  const auto last = a.size() - sizeof(TwoWords);
  auto differs = difference(a.data() + last, b.data() + last);
  for (std::size_t at = 0; at < last; at += sizeof(TwoWords)) {
    differs |= difference(a.data() + at, b.data() + at);
  }
  return (differs[0] | differs[1]) == 0;
}

bool is_needed(const ScoreColumns& columns, std::size_t column) {
  return std::find(columns.places.begin(), columns.places.end(), column) != columns.places.end();
}

}  // namespace

void KnownRows::begin_file(const ScoreColumns& columns, PoolSums& sums) {
  if (!(columns == columns_)) {
    forget(sums);
    columns_ = columns;
  }
  if (mode_ == Mode::Compare && passed_over_ < found_) {
    next_pause_ = 0;
  } else if (mode_ == Mode::Record && rows_.empty()) {
    pause();
  }
  mode_ = !rows_.empty() ? Mode::Compare : pause_ == 0 ? Mode::Record : Mode::Rest;
  pause_ -= mode_ == Mode::Rest ? 1 : 0;
  // A needed cell has to be compared; another first one is as a rule the time.
  first_cell_.reset();
  if (is_needed(columns, 0)) {
    first_cell_.emplace();
  }
  if (mode_ == Mode::Record) {
    rows_.reserve(std::min(most_rows_, kRowsAtFirst));
  }
  next_ = 0;
  found_ = 0;
  passed_over_ = 0;
}

inline bool KnownRows::begins_with(std::string_view text, std::size_t row) const {
  const auto& known = rows_[row];
  const auto first = first_cell_->size();
  return text.size() >= first + known.letters &&
         are_equal(text.substr(first, known.letters), {known.text.data(), known.letters}) &&
         are_equal(text.substr(0, first), *first_cell_);
}

std::optional<std::size_t> KnownRows::find_near_next(std::string_view text) const {
  // One that stands behind rows that are gone; one before which a row is new.
  for (const auto row : {next_ + 1, next_ - 1, next_ + 2}) {
    if (row < rows_.size() && begins_with(text, row)) {
      return row;
    }
  }
  return std::nullopt;
}

inline void KnownRows::fetch(std::size_t row) const {
  __builtin_prefetch(rows_.data() + row, 1);
  __builtin_prefetch(rows_.data()[row].text.data() + kMostLetters / 2, 1);
}

KnownRows::Taken KnownRows::take(std::string_view text) {
  Taken taken;
  while (first_cell_) {
    fetch(next_ + kRowsAhead);
    if (next_ >= rows_.size() || !begins_with(text, next_)) {
      const auto row = find_near_next(text);
      if (!row) {
        break;
      }
      next_ = *row;
    }
    auto& known = rows_[next_++];
    ++known.times;
    const auto bytes = first_cell_->size() + known.letters;
    text.remove_prefix(bytes);
    taken.bytes += bytes;
    ++taken.rows;
  }
  found_ += taken.rows;
  return taken;
}

std::optional<std::uint32_t> KnownRows::pass_over(PoolSums& sums) {
  ++passed_over_;
  if (passed_over_ > kFewPassedOver + found_ / kOneIn) {
    forget(sums);
    mode_ = Mode::Rest;
    pause();
    return std::nullopt;
  }
  ++next_;
  return next_ <= rows_.size() ? std::optional{rows_[next_ - 1].record} : std::nullopt;
}

void KnownRows::remember(std::string_view line, std::size_t first_cell, std::uint32_t record,
                         RowCodes codes, PoolSums& sums) {
  if (!first_cell_) {
    first_cell_.emplace(line.substr(0, first_cell + 1));
  }
  const auto text = line.substr(first_cell_->empty() ? 0 : first_cell + 1);
  if (!line.starts_with(*first_cell_) || line.size() - text.size() != first_cell_->size() ||
      text.size() > kMostLetters) {
    return;
  }
  Row* row = nullptr;
  if (mode_ == Mode::Record && rows_.size() < most_rows_) {
    row = &rows_.emplace_back();
  } else if (mode_ == Mode::Compare && next_ <= rows_.size() && rows_[next_ - 1].record == record) {
    row = &rows_[next_ - 1];  // the same pool, as a rule the same zone
    settle(*row, sums);
  } else {
    return;
  }
  *row = {.record = record,
          .times = 0,
          .codes = codes,
          .letters = static_cast<std::uint8_t>(text.size()),
          .text = {}};
  std::copy(text.begin(), text.end(), row->text.begin());
}

void KnownRows::settle(Row& row, PoolSums& sums) {
  add(sums.at(row.record), row.codes, row.times);
  row.times = 0;
}

void KnownRows::settle(PoolSums& sums) {
  for (auto& row : rows_) {
    settle(row, sums);
  }
}

void KnownRows::pause() {
  pause_ = next_pause_;
  next_pause_ = std::min(2 * next_pause_ + 1, kLongestPause);
}

void KnownRows::forget(PoolSums& sums) {
  settle(sums);
  rows_.clear();
}

}  // namespace spotvane::spotlake
