#include "spotlake/snapshot_reader.hpp"

#include "base/number.hpp"
#include "spotlake/csv_records.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spotvane::spotlake {

namespace {

/// "00-10-00.csv" of "2024/11/01/00-10-00.csv.gz"; empty where it is no snapshot's name.
std::string snapshot_name(const std::filesystem::path& file) {
  constexpr std::string_view kPattern = "dd-dd-dd.csv";
  auto name = file.filename().string();
  if (name.ends_with(".gz")) {
    name.resize(name.size() - 3);
  }
  const bool fits =
      name.size() == kPattern.size() &&
      std::equal(name.begin(), name.end(), kPattern.begin(), [](char letter, char wanted) {
        return wanted == 'd' ? letter >= '0' && letter <= '9' : letter == wanted;
      });
  return fits ? name : std::string{};
}

/// A whole number of `unit`s; -1 or nothing is a missing value. Fails with `InvalidInput`.
Result<std::optional<int>> parse_cell(std::string_view column, std::string_view text, double unit) {
  if (text.empty() || text == "-1" || text == "-1.0") {
    return std::nullopt;
  }
  const auto value = parse_real(text);
  if (!value) {
    return fail(ErrorKind::InvalidInput, "{} '{}' is not a number", column, text);
  }
  const double units = *value / unit;
  if (units == -1.0 / unit) {
    return std::nullopt;
  }
  if (units < 0 || units > 1'000 || units != std::floor(units)) {
    return fail(ErrorKind::InvalidInput, "{} '{}' makes no sense", column, text);
  }
  return static_cast<int>(units);
}

class SnapshotFile {
 public:
  SnapshotFile(std::string name, ArchiveReading& reading,
               const std::function<void(const SnapshotRow&)>& on_row)
      : name_{std::move(name)},
        reading_{reading},
        on_row_{on_row},
        records_{[this](std::uint64_t line, const std::vector<std::string_view>& fields) {
          use(line, fields);
        }} {}

  void read(TextFiles& files, const std::filesystem::path& path) {
    const auto done = files.read(path, [&](std::string_view text) { records_.add(text); });
    if (!done) {  // the record it broke off in is not handed out
      complain(0, done.error().message);
    } else if (!records_.finish()) {
      complain(0, "a quoted field is not closed");
    } else if (!has_header_) {
      complain(0, "the file is empty");
    }
    if (complaints_ > kDamageShown) {
      reading_.damage.push_back(
          {name_, 0, fmt::format("{} further lines are damaged", complaints_ - kDamageShown)});
    }
  }

 private:
  static constexpr std::size_t kType = 0;
  static constexpr std::size_t kRegion = 1;
  static constexpr std::size_t kSps = 2;
  static constexpr std::size_t kInterruption = 3;
  static constexpr std::size_t kColumns = 4;
  static constexpr std::array<std::string_view, kColumns> kNames{"InstanceType", "Region", "SPS",
                                                                 "IF"};

  void complain(std::uint64_t line, std::string reason) {
    if (++complaints_ <= kDamageShown) {
      reading_.damage.push_back({name_, line, std::move(reason)});
    }
  }

  void use_header(std::uint64_t line, const std::vector<std::string_view>& fields) {
    has_header_ = true;
    width_ = fields.size();
    is_usable_ = true;
    for (std::size_t column = 0; column < kColumns; ++column) {
      const auto found = std::find(fields.begin(), fields.end(), kNames[column]);
      if (found == fields.end()) {
        complain(line, fmt::format("there is no column '{}'", kNames[column]));
        is_usable_ = false;
      }
      places_[column] = static_cast<std::size_t>(found - fields.begin());
    }
  }

  void use(std::uint64_t line, const std::vector<std::string_view>& fields) {
    if (!has_header_) {
      use_header(line, fields);
      return;
    }
    if (!is_usable_) {
      return;
    }
    if (fields.size() != width_) {
      complain(line, fmt::format("{} fields instead of {}", fields.size(), width_));
      return;
    }
    const auto type = fields[places_[kType]];
    const auto region = fields[places_[kRegion]];
    const auto sps = parse_cell(kNames[kSps], fields[places_[kSps]], 1.0);
    const auto interruption =
        parse_cell(kNames[kInterruption], fields[places_[kInterruption]], 0.5);
    if (!sps || !interruption) {
      complain(line, !sps ? sps.error().message : interruption.error().message);
    } else if (type.empty() || region.empty()) {
      complain(line, "the row names no instance type or no region");
    } else {
      ++reading_.rows;
      on_row_({type, region, *sps, *interruption});
    }
  }

  std::string name_;
  ArchiveReading& reading_;
  const std::function<void(const SnapshotRow&)>& on_row_;
  CsvRecords records_;
  bool has_header_ = false;
  bool is_usable_ = false;
  std::size_t width_ = 0;
  std::array<std::size_t, kColumns> places_{};
  std::size_t complaints_ = 0;
};

}  // namespace

std::string to_text(const ReadDamage& damage) {
  return damage.line == 0 ? fmt::format("{}: {}", damage.file, damage.reason)
                          : fmt::format("{}, line {}: {}", damage.file, damage.line, damage.reason);
}

Result<ArchiveReading> read_snapshots(
    TextFiles& files, const std::filesystem::path& root,
    const std::function<void(const SnapshotRow&)>& on_row,
    const std::function<void(std::size_t done, std::size_t total)>& on_file) {
  auto paths = files.list(root);
  if (!paths) {
    return tl::unexpected(std::move(paths.error()));
  }
  std::erase_if(*paths, [](const auto& path) { return snapshot_name(path).empty(); });
  if (paths->empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound,
                                fmt::format("no snapshot below '{}'", root.string()),
                                "snapshots are named like '2024/11/01/00-10-00.csv' or '.csv.gz'"});
  }
  ArchiveReading reading;
  std::filesystem::path last;
  for (std::size_t i = 0; i < paths->size(); ++i) {
    const auto& path = (*paths)[i];
    if (on_file) {
      on_file(i, paths->size());
    }
    const auto plain = path.parent_path() / snapshot_name(path);
    if (plain == last) {
      reading.damage.push_back(
          {path.string(), 0,
           fmt::format("left out: '{}' is the same snapshot", (*paths)[i - 1].string())});
      continue;
    }
    last = plain;
    ++reading.files;
    SnapshotFile{path.string(), reading, on_row}.read(files, root / path);
  }
  return reading;
}

}  // namespace spotvane::spotlake
