#include "spotlake/csv_records.hpp"

#include <algorithm>

namespace spotvane::spotlake {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void CsvRecords::add(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto part = text.substr(0, end);
    const auto quotes = std::count(part.begin(), part.end(), '"');
    is_quoted_ = is_quoted_ != (quotes % 2 != 0);
    if (end == std::string_view::npos) {
      pending_ += part;
      return;
    }
    ++line_;
    if (is_quoted_) {
      pending_ += text.substr(0, end + 1);
    } else if (pending_.empty()) {
      end_record(part);
    } else {
      pending_ += part;
      end_record(pending_);
      pending_.clear();
    }
    text.remove_prefix(end + 1);
  }
}

bool CsvRecords::finish() {
  if (is_quoted_) {
    return false;
  }
  if (!pending_.empty()) {
    end_record(pending_);
    pending_.clear();
  }
  return true;
}

void CsvRecords::end_record(std::string_view record) {
  if (record_line_ == 1 && record.starts_with(kByteOrderMark)) {
    record.remove_prefix(kByteOrderMark.size());
  }
  if (record.ends_with('\r')) {
    record.remove_suffix(1);
  }
  const auto line = record_line_;
  record_line_ = line_;
  if (!record.empty()) {
    split(record);
    on_record_(line, fields_);
  }
}

void CsvRecords::split(std::string_view record) {
  fields_.clear();
  unquoted_.clear();
  while (true) {
    if (!record.starts_with('"')) {
      const auto end = record.find(',');
      fields_.push_back(record.substr(0, end));
      if (end == std::string_view::npos) {
        return;
      }
      record.remove_prefix(end + 1);
      continue;
    }
    auto& field = unquoted_.emplace_back();
    record.remove_prefix(1);
    while (true) {
      const auto quote = record.find('"');
      field += record.substr(0, quote);
      record.remove_prefix(std::min(record.size(), quote) + (quote < record.size() ? 1 : 0));
      if (!record.starts_with('"')) {
        break;
      }
      field += '"';
      record.remove_prefix(1);
    }
    const auto end = record.find(',');
    field += record.substr(0, end);  // letters after the closing quote belong to the field
    fields_.push_back(field);
    if (end == std::string_view::npos) {
      return;
    }
    record.remove_prefix(end + 1);
  }
}

}  // namespace spotvane::spotlake
