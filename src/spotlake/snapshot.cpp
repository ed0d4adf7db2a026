#include "spotlake/snapshot.hpp"

#include "spotlake/csv_records.hpp"
#include "spotlake/pool_columns.hpp"

#include <optional>

namespace spotvane::spotlake {

namespace {

/// Makes values of one file's records.
class SnapshotReading {
 public:
  SnapshotReading(Snapshot& snapshot, FileDamage& damage)
      : snapshot_{snapshot},
        damage_{damage},
        records_{[this](std::uint64_t line, const std::vector<std::string_view>& fields) {
          use(line, fields);
        }} {}

  void read(TextStream& text) {
    while (true) {
      const auto piece = text.next();
      if (!piece) {  // the record it broke off in is not handed out
        damage_.add(0, piece.error().message);
        return;
      }
      if (piece->empty()) {
        break;
      }
      snapshot_.bytes += piece->size();
      records_.add(*piece);
    }
    if (!records_.finish()) {
      damage_.add(records_.record_line(), "a quoted field is not closed");
    } else if (!has_header_) {
      damage_.add(0, "the file is empty");
    } else if (snapshot_.rows.empty() && damage_.empty()) {
      damage_.add(0, "there are no rows");
    }
  }

 private:
  void use(std::uint64_t line, const std::vector<std::string_view>& fields) {
    if (!has_header_) {
      has_header_ = true;
      auto columns = PoolColumns::find(fields);
      if (columns) {
        columns_ = *columns;
      } else {
        damage_.add(line, std::move(columns.error().message));
      }
    } else if (columns_) {
      auto values = columns_->read(fields);
      if (values) {
        snapshot_.rows.push_back({line, pack(values->state)});
        snapshot_.names.add({values->instance_type, values->region, values->zone});
      } else {
        damage_.add(line, std::move(values.error().message));
      }
    }
  }

  Snapshot& snapshot_;
  FileDamage& damage_;
  CsvRecords records_;
  bool has_header_ = false;
  std::optional<PoolColumns> columns_;
};

}  // namespace

void read_snapshot(TextFiles& files, const std::filesystem::path& root, SnapshotFile file,
                   Snapshot& snapshot) {
  snapshot.file = std::move(file);
  snapshot.rows.clear();
  snapshot.names.clear();
  snapshot.bytes = 0;
  FileDamage damage{snapshot.file.path.string()};
  if (const auto text = files.open(root / snapshot.file.path)) {
    SnapshotReading{snapshot, damage}.read(**text);
  } else {
    damage.add(0, text.error().message);
  }
  snapshot.damage = std::move(damage).take();
}

}  // namespace spotvane::spotlake
