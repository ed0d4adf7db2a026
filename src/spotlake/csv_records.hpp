#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::spotlake {

/// Cuts comma-separated text that arrives in pieces into records: quoted fields (with "" for a
/// quote, and line breaks inside), LF or CRLF, a byte order mark; empty lines are skipped.
class CsvRecords {
 public:
  /// A record and the line it began on, from 1. The fields live until the call returns.
  using OnRecord = std::function<void(std::uint64_t line, const std::vector<std::string_view>&)>;

  /// `first_line` is the number of the first line; before line 1 alone may be a byte order mark.
  explicit CsvRecords(OnRecord on_record, std::uint64_t first_line = 1)
      : on_record_{std::move(on_record)}, line_{first_line}, record_line_{first_line} {}

  void add(std::string_view text);

  /// The text is complete: hands out a last record without a line break. False where a quote was
  /// never closed; what began there is left out.
  bool finish();

  /// The line the record under way began on, and how much of it is kept so far.
  std::uint64_t record_line() const { return record_line_; }
  std::size_t record_bytes() const { return pending_.size(); }

 private:
  void end_record(std::string_view record);
  void split(std::string_view record);

  OnRecord on_record_;
  bool is_quoted_ = false;
  std::string pending_;  // the record so far
  std::uint64_t line_;
  std::uint64_t record_line_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;
};

}  // namespace spotvane::spotlake
