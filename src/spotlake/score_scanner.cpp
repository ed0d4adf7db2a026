#include "spotlake/score_scanner.hpp"

#include "spotlake/csv_records.hpp"
#include "spotlake/score_cells.hpp"
#include "spotlake/score_codes.hpp"
#include "spotlake/score_columns.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::spotlake {

namespace {

constexpr std::size_t kPart = 32U << 10U;            // of one search for separators
constexpr std::size_t kLongLine = 256U << 10U;       // is left to the plain reader
constexpr std::size_t kMostRecordBytes = 1U << 20U;  // longer is no row of any snapshot

Sums step_of(const std::optional<int>& value) {
  const std::int64_t number = value.value_or(0);
  return value ? Sums{1, number, number * number, 0} : Sums{};
}

market::VariationSums variation(const Sums& sums) {
  return {.count = sums[0], .sum = sums[1], .sum_of_squares = sums[2]};
}

}  // namespace

/// One snapshot being read.
///
/// The fast way takes whole parts of the file whose records all have the right number of fields and
/// no quotes; any other part goes record by record, and from the first quote on the whole file
/// does.
class ScoreScanner::File {
 public:
  File(ScoreScanner& scanner, FileDamage& damage) : scanner_{scanner}, damage_{damage} {}

  /// Takes the text that comes next, in any pieces.
  void add(std::string_view piece) {
    if (!carried_.empty()) {
      const auto line = piece.substr(0, piece.find('\n') + 1);
      if (line.empty()) {
        carry(piece);
        return;
      }
      carried_ += line;
      add_carried();
      piece.remove_prefix(line.size());
    }
    const auto end = end_of_readable_lines(piece);
    add_lines(piece.substr(0, end));
    carry(piece.substr(end));
  }

  /// False where going on makes no sense; the damage says why.
  bool is_usable() {
    if (is_usable_ && has_to_go_slowly() && records_->record_bytes() > kMostRecordBytes) {
      damage_.add(records_->record_line(), "the record does not end within 1 MiB");
      is_usable_ = false;
    }
    return is_usable_;
  }

  void finish() {
    if (!carried_.empty()) {
      carried_ += '\n';  // the last line may have none
      add_carried();
    }
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

  /// Where the last line ends behind whose break `PoolKey::kReadAhead` letters can be read.
  static std::size_t end_of_readable_lines(std::string_view piece) {
    return piece.size() > PoolKey::kReadAhead
               ? piece.substr(0, piece.size() - PoolKey::kReadAhead).rfind('\n') + 1
               : 0;
  }

  /// Keeps what is to be read together with the next piece.
  void carry(std::string_view text) {
    if (has_to_go_slowly()) {
      records_->add(text);
      return;
    }
    carried_ += text;
    if (carried_.size() > kLongLine) {
      go_slowly();
      add_carried();
    }
  }

  void add_carried() {
    const auto letters = carried_.size();
    carried_.append(PoolKey::kReadAhead, '\0');
    add_lines(std::string_view{carried_}.substr(0, letters));
    carried_.clear();
  }

  /// Takes whole lines, with `PoolKey::kReadAhead` letters readable behind them; or, slowly,
  /// anything.
  void add_lines(std::string_view text) {
    while (!text.empty() && !has_to_go_slowly()) {
      if (compares_rows()) {
        text.remove_prefix(add_known_rows(text));
      }
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

  bool compares_rows() const {
    return columns_ && is_usable_ && scanner_.known_rows_.are_compared();
  }

  /// Adds the rows at the begin of a text that are known, up to one that is not. Says how many
  /// letters they have.
  std::size_t add_known_rows(std::string_view text) {
    const auto taken = scanner_.known_rows_.take(text);
    scanner_.rows_ += taken.rows;
    line_ += taken.rows;
    if (taken.bytes < text.size()) {
      if (const auto record = scanner_.known_rows_.pass_over(scanner_.sums_)) {
        scanner_.sums_.expect(*record);
      }
    }
    return taken.bytes;
  }

  /// From here on text may come in any pieces.
  void go_slowly() { records_.emplace(on_record(), line_); }
  bool has_to_go_slowly() const { return records_.has_value(); }

  /// How much to look at next: the header or an unknown row by itself, else some lines.
  std::size_t part_length(std::string_view text) const {
    if (!columns_ || compares_rows()) {
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
    const auto& known = scanner_.known_rows_;
    if (known.are_recorded() || known.are_compared()) {
      for (std::size_t row = 0; row < rows; ++row) {
        add_row_to_know(cells, row);
      }
      return;
    }
    for (std::size_t first = 0; first < rows; first += kBatch) {
      add_batch(cells, first, std::min(kBatch, rows - first));
    }
  }

  /// Reads a row and counts it. False where it has to be looked at more closely; then that is done.
  bool read_row(const CellFinder& cells, std::size_t number, PoolKey& key, RowCodes& codes) {
    const auto row = cells.row(number);
    codes = {code_of_sps(row.sps), code_of_interruption(row.interruption)};
    if (!codes.are_usual() || row.type.empty() || row.region.empty() ||
        !PoolKey::fits(row.type, row.region)) {
      use_cells(line_ + number, row);
      return false;
    }
    ++scanner_.rows_;
    key = PoolKey::of(row.type, row.region);
    return true;
  }

  void add_row_to_know(const CellFinder& cells, std::size_t number) {
    PoolKey key;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    RowCodes codes;
    if (!read_row(cells, number, key, codes)) {
      return;
    }
    auto& sums = scanner_.sums_;
    auto* const in_turn = sums.record_in_turn(key);
    auto& record = in_turn != nullptr ? *in_turn : sums.record(key, key.hash());
    spotlake::add(record, codes);
    scanner_.known_rows_.remember(cells.line(number), cells.first_cell_letters(number),
                                  sums.number_of(record), codes, sums);
  }

  /// Adds rows whose pool comes in its turn at once. Over the others it goes three times, so that
  /// the memory of all their sums is on its way before the first is needed.
  void add_batch(const CellFinder& cells, std::size_t first, std::size_t count) {
    std::array<PoolKey, kBatch> keys;          // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<std::uint64_t, kBatch> hashes;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::array<RowCodes, kBatch> codes;
    auto& sums = scanner_.sums_;
    std::size_t waiting = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!read_row(cells, first + i, keys[waiting], codes[waiting])) {
        continue;
      }
      if (auto* const record = sums.record_in_turn(keys[waiting]); record != nullptr) {
        spotlake::add(*record, codes[waiting]);
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
      spotlake::add(sums.record(keys[i], hashes[i]), codes[i]);
    }
  }

  void use_header(std::uint64_t line, const std::vector<std::string_view>& fields) {
    const auto columns = find_score_columns(fields);
    if (columns) {
      columns_ = *columns;
      scanner_.known_rows_.begin_file(*columns, scanner_.sums_);
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
  std::string carried_;     // the end of a piece, from the begin of a line
  std::optional<CsvRecords> records_;
};

bool ScoreScanner::scan(TextStream& text, FileDamage& damage, const OnBytes& on_bytes) {
  File file{*this, damage};
  while (file.is_usable()) {
    const auto piece = text.next();
    if (!piece) {
      damage.add(0, piece.error().message);  // the record it broke off in is left out
      return true;
    }
    if (!on_bytes(piece->size())) {
      return false;
    }
    if (piece->empty()) {
      break;
    }
    file.add(*piece);
  }
  file.finish();
  return true;
}

void ScoreScanner::add(ScoreScanner& other) {
  other.known_rows_.settle(other.sums_);
  sums_.add(other.sums_);
  long_names_.add(other.long_names_);
  rows_ += other.rows_;
}

std::vector<market::PoolVariation> ScoreScanner::pools() {
  known_rows_.settle(sums_);
  auto pools = long_names_.pools();
  pools.reserve(pools.size() + sums_.records().size());
  for (const auto& record : sums_.records()) {
    pools.push_back({{model::InstanceType{std::string{record.key.type()}},
                      model::Region{std::string{record.key.region()}}},
                     variation(record.sps),
                     variation(record.interruption)});
  }
  return pools;
}

}  // namespace spotvane::spotlake
