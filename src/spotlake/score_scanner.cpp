#include "spotlake/score_scanner.hpp"

#include "spotlake/csv_records.hpp"
#include "spotlake/score_columns.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace spotvane::spotlake {

namespace {

constexpr std::size_t kRoom = 256U << 10U;           // of one read: stays in the second-level cache
constexpr std::size_t kPart = 32U << 10U;            // of one search for separators
constexpr std::size_t kMostRecordBytes = 1U << 20U;  // longer is no row of any snapshot

// Cells as codes: small values stand for themselves, and each code has what it adds to the sums.
constexpr std::uint8_t kMissing = 32;
constexpr std::uint8_t kUnusual = 33;  // to be looked at more closely

constexpr auto kSteps = [] {
  std::array<Sums, kMissing + 1> steps{};
  for (std::int64_t value = 0; value < kMissing; ++value) {
    steps[static_cast<std::size_t>(value)] = {1, value, value * value, 0};
  }
  return steps;
}();

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

std::uint8_t code_of_rarer(std::string_view text) {
  return text.empty() || text == "-1" || text == "-1.0" ? kMissing : kUnusual;
}

std::uint8_t code_of_sps(std::string_view text) {
  if (text.size() == 1 && is_digit(text[0])) {
    return static_cast<std::uint8_t>(text[0] - '0');
  }
  return text == "10" ? std::uint8_t{10} : code_of_rarer(text);
}

std::uint8_t code_of_interruption(std::string_view text) {
  if (text.size() == 3 && is_digit(text[0]) && text[1] == '.' &&
      (text[2] == '0' || text[2] == '5')) {
    return static_cast<std::uint8_t>(2 * (text[0] - '0') + (text[2] == '5' ? 1 : 0));
  }
  return code_of_rarer(text);
}

Sums step_of(const std::optional<int>& value) {
  const std::int64_t number = value.value_or(0);
  return value ? Sums{1, number, number * number, 0} : Sums{};
}

market::VariationSums variation(const Sums& sums) {
  return {.count = sums[0], .sum = sums[1], .sum_of_squares = sums[2]};
}

/// A row's cells that scores need.
struct ScoreCells {
  std::string_view type;
  std::string_view region;
  std::string_view sps;
  std::string_view interruption;
};

/// Whether every record of a text has `width` fields: with as many line breaks as records, and each
/// record's last separator one of them, no other separator is one.
bool is_regular(std::string_view text, const Separators& separators, std::size_t width) {
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

}  // namespace

/// One snapshot being read.
///
/// The fast way takes whole parts of the file whose records all have the right number of fields and
/// no quotes; any other part goes record by record, and from the first quote on the whole file
/// does.
class ScoreScanner::File {
 public:
  File(ScoreScanner& scanner, FileDamage& damage) : scanner_{scanner}, damage_{damage} {}

  /// Takes whole lines, with `PoolKey::kReadAhead` letters readable behind them.
  void add(std::string_view text) {
    while (!text.empty() && !has_to_go_slowly()) {
      const auto part = text.substr(0, part_length(text));
      find_separators(part, scanner_.separators_);
      if (scanner_.separators_.has_quotes) {
        go_slowly();
      } else {
        add_part(part);
        line_ += scanner_.separators_.line_breaks;
        text.remove_prefix(part.size());
      }
    }
    if (has_to_go_slowly()) {
      records_->add(text);
    }
  }

  /// From here on text may come in any pieces.
  void go_slowly() { records_.emplace(on_record(), line_); }
  bool has_to_go_slowly() const { return records_.has_value(); }

  /// False where going on makes no sense; the damage says why.
  bool is_usable() {
    if (is_usable_ && has_to_go_slowly() && records_->record_bytes() > kMostRecordBytes) {
      damage_.add(records_->record_line(), "the record does not end within 1 MiB");
      is_usable_ = false;
    }
    return is_usable_;
  }

  void finish() {
    if (!is_usable_) {
      return;
    }
    if (has_to_go_slowly() && !records_->finish()) {
      damage_.add(records_->record_line(), "a quoted field is not closed");
    } else if (!columns_) {
      damage_.add(0, "the file is empty");
    }
  }

 private:
  static constexpr std::size_t kBatch = 16;

  /// How much to look at next: the header by itself, then some lines.
  std::size_t part_length(std::string_view text) const {
    if (!columns_) {
      return text.find('\n') + 1;
    }
    if (text.size() <= kPart) {
      return text.size();
    }
    const auto before = text.rfind('\n', kPart - 1);
    return (before != std::string_view::npos ? before : text.find('\n', kPart)) + 1;
  }

  CsvRecords::OnRecord on_record() {
    return [this](std::uint64_t line, const std::vector<std::string_view>& fields) {
      if (columns_) {
        use_record(line, fields);
      } else {
        use_header(line, fields);
      }
    };
  }

  void add_part(std::string_view part) {
    if (columns_ && is_regular(part, scanner_.separators_, columns_->width)) {
      add_rows(part, scanner_.separators_.line_breaks);
    } else {
      CsvRecords{on_record(), line_}.add(part);
    }
  }

  void add_rows(std::string_view text, std::size_t rows) {
    const CellFinder cells{text, scanner_.separators_, *columns_};
    for (std::size_t first = 0; first < rows; first += kBatch) {
      add_batch(cells, first, std::min(kBatch, rows - first));
    }
  }

  /// Adds rows whose pool comes in its turn at once. Over the others it goes three times, so that
  /// the memory of all their sums is on its way before the first is needed.
  void add_batch(const CellFinder& cells, std::size_t first, std::size_t count) {
    std::array<PoolKey, kBatch> keys;          // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::uint64_t, kBatch> hashes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::uint8_t, kBatch> sps;      // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::uint8_t, kBatch>
        interruption;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    auto& sums = scanner_.sums_;
    std::size_t waiting = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto row = cells.row(first + i);
      sps[waiting] = code_of_sps(row.sps);
      interruption[waiting] = code_of_interruption(row.interruption);
      if (sps[waiting] == kUnusual || interruption[waiting] == kUnusual || row.type.empty() ||
          row.region.empty() || !PoolKey::fits(row.type, row.region)) {
        use_cells(line_ + first + i, row);
        continue;
      }
      ++scanner_.rows_;
      keys[waiting] = PoolKey::of(row.type, row.region);
      if (auto* const record = sums.record_in_turn(keys[waiting]); record != nullptr) {
        add_codes(*record, sps[waiting], interruption[waiting]);
        continue;
      }
      hashes[waiting] = keys[waiting].hash();
      sums.fetch_slot(hashes[waiting]);
      ++waiting;
    }
    for (std::size_t i = 0; i < waiting; ++i) {
      sums.fetch_record(hashes[i]);
    }
    for (std::size_t i = 0; i < waiting; ++i) {
      add_codes(sums.record(keys[i], hashes[i]), sps[i], interruption[i]);
    }
  }

  static void add_codes(PoolRecord& record, std::uint8_t sps, std::uint8_t interruption) {
    spotlake::add(record.sps, kSteps[sps]);
    spotlake::add(record.interruption, kSteps[interruption]);
  }

  void use_header(std::uint64_t line, const std::vector<std::string_view>& fields) {
    const auto columns = find_score_columns(fields);
    if (columns) {
      columns_ = *columns;
    } else {
      columns_.emplace();
      is_usable_ = false;
      damage_.add(line, columns.error().message);
    }
  }

  void use_record(std::uint64_t line, const std::vector<std::string_view>& fields) {
    if (!is_usable_) {
      return;
    }
    const auto& columns = *columns_;
    if (fields.size() != columns.width) {
      damage_.add(line, fmt::format("{} fields instead of {}", fields.size(), columns.width));
    } else {
      use_cells(line,
                {fields[columns[ScoreColumn::Type]], fields[columns[ScoreColumn::Region]],
                 fields[columns[ScoreColumn::Sps]], fields[columns[ScoreColumn::Interruption]]});
    }
  }

  void use_cells(std::uint64_t line, const ScoreCells& cells) {
    const auto sps = parse_sps(cells.sps);
    const auto interruption = parse_interruption(cells.interruption);
    if (!sps || !interruption) {
      damage_.add(line, !sps ? sps.error().message : interruption.error().message);
    } else if (cells.type.empty() || cells.region.empty()) {
      damage_.add(line, "the row names no instance type or no region");
    } else {
      ++scanner_.rows_;
      add_values(cells.type, cells.region, *sps, *interruption);
    }
  }

  void add_values(std::string_view type, std::string_view region, const std::optional<int>& sps,
                  const std::optional<int>& interruption) {
    if (!PoolKey::fits(type, region)) {
      scanner_.long_names_.add(type, region, sps, interruption);
      return;
    }
    std::array<char, 2 * PoolKey::kReadAhead> type_letters{};
    std::array<char, 2 * PoolKey::kReadAhead> region_letters{};
    std::copy(type.begin(), type.end(), type_letters.begin());
    std::copy(region.begin(), region.end(), region_letters.begin());
    const auto key =
        PoolKey::of({type_letters.data(), type.size()}, {region_letters.data(), region.size()});
    auto& record = scanner_.sums_.record(key, key.hash());
    spotlake::add(record.sps, step_of(sps));
    spotlake::add(record.interruption, step_of(interruption));
  }

  ScoreScanner& scanner_;
  FileDamage& damage_;
  std::optional<ScoreColumns> columns_;
  bool is_usable_ = true;
  std::uint64_t line_ = 1;  // of what comes next
  std::optional<CsvRecords> records_;
};

ScoreScanner::ScoreScanner() : buffer_(kRoom + 1 + PoolKey::kReadAhead) {}

bool ScoreScanner::scan(TextStream& text, FileDamage& damage, const OnBytes& on_bytes) {
  File file{*this, damage};
  std::size_t filled = 0;
  const auto text_until = [&](std::size_t end) { return std::string_view{buffer_.data(), end}; };
  while (file.is_usable()) {
    const auto count = text.read({buffer_.data() + filled, kRoom - filled});
    if (!count) {
      damage.add(0, count.error().message);  // the record it broke off in is left out
      return true;
    }
    if (!on_bytes(*count)) {
      return false;
    }
    if (*count == 0) {
      break;
    }
    filled += *count;
    const auto last_break = text_until(filled).rfind('\n');
    const bool has_break = last_break != std::string_view::npos;
    if (!has_break && filled == kRoom && !file.has_to_go_slowly()) {
      file.go_slowly();
    }
    const auto end = file.has_to_go_slowly() ? filled : has_break ? last_break + 1 : 0;
    file.add(text_until(end));
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(end),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled), buffer_.begin());
    filled -= end;
  }
  if (file.is_usable() && filled > 0) {
    buffer_[filled++] = '\n';  // the last line may have none
    file.add(text_until(filled));
  }
  file.finish();
  return true;
}

void ScoreScanner::add(const ScoreScanner& other) {
  sums_.add(other.sums_);
  long_names_.add(other.long_names_);
  rows_ += other.rows_;
}

market::InitialScoreTable ScoreScanner::table() const {
  auto table = long_names_;
  for (const auto& record : sums_.records()) {
    table.add({model::InstanceType{std::string{record.key.type()}},
               model::Region{std::string{record.key.region()}}},
              variation(record.sps), variation(record.interruption));
  }
  return table;
}

}  // namespace spotvane::spotlake
