#include "replay/price_log.hpp"

#include "base/split.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace spotvane::replay {

namespace {

using nlohmann::json;

constexpr Money kHighestPrice = Money::from_micros(1'000'000'000'000);
constexpr auto kGap = std::chrono::hours{48};

/// A row as it is written.
struct Row {
  std::string_view type;
  std::string_view zone;
  std::string_view product;
  std::string_view price;
  std::string_view time;
};

class LogReader {
 public:
  void add(const Row& row) {
    ++counts_.rows;
    if (!row.product.empty() && !row.product.starts_with("Linux")) {
      ++counts_.others;
      return;
    }
    const auto at = parse_time(row.time);
    const auto price = Money::parse(row.price);
    if (row.type.empty() || row.zone.empty() || !at || !price || *price <= Money{} ||
        *price > kHighestPrice) {
      ++counts_.bad;
      return;
    }
    series_[{std::string{row.type}, std::string{row.zone}}].push_back({*at, *price});
  }

  void count_bad_row() {
    ++counts_.rows;
    ++counts_.bad;
  }
  PriceLogCounts& counts() { return counts_; }

  Result<PriceLog> log() && {
    PriceLog log;
    for (auto& [pool, rows] : series_) {
      for (const auto& row : rows) {
        log.last = std::max(log.last, row.at);
      }
      log.series.push_back({pool.first, pool.second, in_order(rows)});
    }
    log.counts = counts_;
    if (log.series.empty()) {
      return tl::unexpected(Error{
          ErrorKind::Corrupt,
          fmt::format("no price in it: of {} rows {} make no sense and {} are not of Linux",
                      counts_.rows, counts_.bad, counts_.others),
          "expected what `aws ec2 describe-spot-price-history` prints, or the columns timestamp, "
          "region, az, instance_type, os, price with tabs between"});
    }
    return log;
  }

 private:
  std::vector<PriceStep> in_order(std::vector<PriceStep>& rows) {
    const auto earlier = [](const PriceStep& a, const PriceStep& b) { return a.at < b.at; };
    const auto is_newest_first = rows.front().at > rows.back().at;
    if (is_newest_first) {
      std::reverse(rows.begin(), rows.end());
    }
    for (std::size_t i = 1; i < rows.size(); ++i) {
      counts_.unsorted += rows[i].at < rows[i - 1].at ? 1U : 0U;
    }
    std::stable_sort(rows.begin(), rows.end(), earlier);
    std::vector<PriceStep> steps;
    std::optional<TimePoint> last;
    for (const auto& row : rows) {
      if (last == row.at) {
        ++(row.price == steps.back().price ? counts_.repeated : counts_.conflicts);
        continue;
      }
      counts_.gaps += last && row.at - *last > kGap ? 1U : 0U;
      last = row.at;
      if (steps.empty() || steps.back().price != row.price) {
        steps.push_back(row);
      }
    }
    return steps;
  }

  std::map<std::pair<std::string, std::string>, std::vector<PriceStep>> series_;
  PriceLogCounts counts_ = {};
};

std::string_view text_at(const json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string()
             ? std::string_view{found->get_ref<const std::string&>()}
             : std::string_view{};
}

void read_document(const json& document, LogReader& reader) {
  const auto* rows = document.is_array() ? &document : nullptr;
  if (document.is_object() && document.contains("SpotPriceHistory")) {
    rows = &document["SpotPriceHistory"];
  }
  if (rows == nullptr || !rows->is_array()) {
    ++reader.counts().broken_documents;
    return;
  }
  for (const auto& row : *rows) {
    if (row.is_object()) {
      reader.add({text_at(row, "InstanceType"), text_at(row, "AvailabilityZone"),
                  text_at(row, "ProductDescription"), text_at(row, "SpotPrice"),
                  text_at(row, "Timestamp")});
    } else {
      reader.count_bad_row();
    }
  }
}

/// Where the JSON value that `text` begins with ends: behind the bracket that closes it.
std::size_t end_of_value(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_in_string) {
      i += text[i] == '\\' ? 1U : 0U;
      is_in_string = i >= text.size() || text[i] != '"';
    } else if (text[i] == '"') {
      is_in_string = true;
    } else if (text[i] == '{' || text[i] == '[') {
      ++depth;
    } else if ((text[i] == '}' || text[i] == ']') && --depth <= 0) {
      return i + 1;
    }
  }
  return text.size();
}

void read_documents(std::string_view text, LogReader& reader) {
  for (;;) {
    const auto begin = text.find_first_of("{[");
    if (begin == std::string_view::npos) {
      return;
    }
    text.remove_prefix(begin);
    const auto end = end_of_value(text);
    ++reader.counts().documents;
    const auto document = json::parse(text.substr(0, end), nullptr, false);
    if (document.is_discarded()) {
      ++reader.counts().broken_documents;
    } else {
      read_document(document, reader);
    }
    text.remove_prefix(end);
  }
}

/// Which of a line's fields is what.
struct Columns {
  std::size_t type;
  std::size_t zone;
  std::optional<std::size_t> product;
  std::size_t price;
  std::size_t time;

  std::size_t most() const { return std::max({type, zone, product.value_or(0), price, time}); }
};

constexpr Columns kCliText{.type = 2, .zone = 1, .product = 3, .price = 4, .time = 5};
constexpr Columns kPlainTable{.type = 3, .zone = 2, .product = 4, .price = 5, .time = 0};

std::optional<Columns> named_columns(std::span<const std::string_view> names) {
  const auto place = [&](std::initializer_list<std::string_view> wanted) {
    const auto found = std::find_first_of(names.begin(), names.end(), wanted.begin(), wanted.end());
    return found != names.end() ? std::optional{static_cast<std::size_t>(found - names.begin())}
                                : std::nullopt;
  };
  const auto time = place({"timestamp", "time", "Timestamp"});
  const auto zone = place({"az", "zone", "AvailabilityZone"});
  const auto type = place({"instance_type", "type", "InstanceType"});
  const auto price = place({"price", "spot_price", "SpotPrice"});
  if (!time || !zone || !type || !price) {
    return std::nullopt;
  }
  return Columns{*type, *zone, place({"os", "product", "ProductDescription"}), *price, *time};
}

void read_table(std::string_view text, LogReader& reader) {
  std::optional<Columns> columns;
  std::vector<std::string_view> fields;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.empty()) {
      continue;
    }
    fields = split(line, '\t');
    if (!columns) {
      columns = named_columns(fields);
      if (columns) {
        continue;
      }
      columns = kPlainTable;
    }
    const auto& place = fields.front() == "SPOTPRICEHISTORY" ? kCliText : *columns;
    if (fields.size() <= place.most()) {
      reader.count_bad_row();
      continue;
    }
    reader.add({fields[place.type], fields[place.zone],
                place.product ? fields[*place.product] : std::string_view{}, fields[place.price],
                fields[place.time]});
  }
}

}  // namespace

Result<PriceLog> parse_price_log(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) {
    text.remove_prefix(kMark.size());
  }
  LogReader reader;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '[')) {
    read_documents(text, reader);
  } else {
    read_table(text, reader);
  }
  return std::move(reader).log();
}

std::vector<std::string> faults_of(const PriceLogCounts& counts) {
  const std::array<std::pair<std::size_t, std::string_view>, 6> all{{
      {counts.bad, "rows make no sense (no time, no price above zero, or no pool): left out"},
      {counts.conflicts, "rows say another price of a time that a row before them said: left out"},
      {counts.repeated, "rows say what another row has said: once is enough"},
      {counts.unsorted, "rows are out of the order of time: put where they belong"},
      {counts.gaps, "times a pool has no row for over two days: its price is taken to hold"},
      {counts.broken_documents, "JSON documents end in the middle, or hold no prices: left out"},
  }};
  std::vector<std::string> faults;
  for (const auto& [count, what] : all) {
    if (count > 0) {
      faults.push_back(fmt::format("{} {}", count, what));
    }
  }
  if (counts.documents > 1) {
    faults.push_back(
        fmt::format("{} JSON documents one after another: all were read", counts.documents));
  }
  return faults;
}

}  // namespace spotvane::replay
