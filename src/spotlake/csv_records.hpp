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

  explicit CsvRecords(OnRecord on_record) : on_record_{std::move(on_record)} {}

  void add(std::string_view text);

  /// The text is complete: hands out a last record without a line break. False where a quote was
  /// never closed; what began there is left out.
  bool finish();

 private:
  void end_record(std::string_view record);
  void split(std::string_view record);

  OnRecord on_record_;
  bool is_begun_ = false;
  bool is_quoted_ = false;
  std::string pending_;  // the record so far
  std::uint64_t line_ = 1;
  std::uint64_t record_line_ = 1;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;
};

}  // namespace spotvane::spotlake
