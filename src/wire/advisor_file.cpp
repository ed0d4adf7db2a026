#include "wire/advisor_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace spotvane::wire {

namespace {

using nlohmann::json;

constexpr int kBands = 5;

template <typename Number>
std::optional<int> within(std::optional<Number> number, Number least, Number most) {
  const bool fits = number && *number >= least && *number <= most;
  return fits ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

/// Takes the file as it is read, without ever holding all of it: half a hundred thousand objects.
class AdvisorReader final : public json::json_sax_t {
 public:
  AdvisorFile take() { return std::move(file_); }
  bool has_regions() const { return has_regions_; }

  bool null() override { return other_value(); }
  bool boolean(bool value) override {
    if (is_in_type() && key_ == "emr") {
      works_with_emr_ = value;
      return true;
    }
    return other_value();
  }
  bool number_integer(number_integer_t value) override {
    return number(value, static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    // One too large to be signed is too large for anything here.
    constexpr number_unsigned_t kMost = 1'000'000'000;
    return number(static_cast<std::int64_t>(std::min(value, kMost)), static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return number(std::nullopt, value);
  }
  bool string(string_t& /*value*/) override { return other_value(); }
  bool binary(binary_t& /*value*/) override { return other_value(); }

  bool key(string_t& name) override {
    key_.swap(name);
    return true;
  }

  bool start_object(std::size_t /*elements*/) override {
    if (skipped_ > 0 || !enter()) {
      ++skipped_;
    } else {
      ++depth_;
    }
    return true;
  }
  bool end_object() override {
    if (skipped_ > 0) {
      --skipped_;
      return true;
    }
    if (is_in_entry()) {
      end_entry();
    } else if (is_in_type()) {
      end_type();
    }
    --depth_;
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    other_value();
    ++skipped_;
    return true;
  }
  bool end_array() override {
    --skipped_;
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

 private:
  enum class Section : std::uint8_t { Advice, Types };

  // How many objects one is in: the file, then "spot_advisor", a region, a system, an entry; or
  // "instance_types", a type.
  enum Depth : std::uint8_t { kOutside, kFile, kSection, kRegion, kSystem, kEntry };
  static constexpr int kType = kRegion;

  bool is_in_entry() const {
    return skipped_ == 0 && section_ == Section::Advice && depth_ == kEntry;
  }
  bool is_in_type() const { return skipped_ == 0 && section_ == Section::Types && depth_ == kType; }

  /// Whether the object that begins is one to look into.
  bool enter() {
    switch (depth_) {
      case kOutside:
        return true;
      case kFile:
        has_regions_ = has_regions_ || key_ == "spot_advisor";
        section_ = key_ == "spot_advisor" ? Section::Advice : Section::Types;
        return key_ == "spot_advisor" || key_ == "instance_types";
      case kSection:
        begin(section_ == Section::Advice ? region_ : type_);
        return true;
      case kRegion:
        if (section_ == Section::Types) {
          return false;
        }
        begin(system_);
        return true;
      case kSystem:
        begin(type_);
        return true;
      default:
        return false;
    }
  }

  void begin(std::string& name) {
    name = key_;
    band_.reset();
    savings_.reset();
    cores_.reset();
    ram_gb_.reset();
    works_with_emr_.reset();
  }

  bool number(std::optional<std::int64_t> whole, double value) {
    if (is_in_entry() && key_ == "r") {
      band_ = whole;
    } else if (is_in_entry() && key_ == "s") {
      savings_ = whole;
    } else if (is_in_type() && key_ == "cores") {
      cores_ = whole;
    } else if (is_in_type() && key_ == "ram_gb") {
      ram_gb_ = value;
    } else {
      return other_value();
    }
    return true;
  }

  /// Where a region, a system or an entry should be, it counts as one bad entry.
  bool other_value() {
    const bool is_misplaced =
        skipped_ == 0 && section_ == Section::Advice && depth_ >= kSection && depth_ < kEntry;
    file_.bad_rows += is_misplaced ? 1 : 0;
    return true;
  }

  void end_entry() {
    const auto band = within<std::int64_t>(band_, 0, kBands - 1);
    // Savings below -1000 % have never been seen; 100 % would be free.
    const auto savings = within<std::int64_t>(savings_, -1000, 100);
    if (band && savings && !type_.empty()) {
      file_.rows.push_back({region_, system_, type_, *band, *savings});
    } else {
      ++file_.bad_rows;
    }
  }

  /// Nothing depends on these: a file without them is as good.
  void end_type() {
    const auto cores = within<std::int64_t>(cores_, 1, 100'000);
    if (cores && ram_gb_ && works_with_emr_) {
      file_.types.push_back({type_, *cores, *ram_gb_, *works_with_emr_});
    }
  }

  AdvisorFile file_;
  bool has_regions_ = false;
  Section section_ = Section::Types;
  int depth_ = kOutside;
  int skipped_ = 0;  // objects and arrays one is in that say nothing to us
  std::string key_;
  std::string region_;
  std::string system_;
  std::string type_;
  std::optional<std::int64_t> band_;
  std::optional<std::int64_t> savings_;
  std::optional<std::int64_t> cores_;
  std::optional<double> ram_gb_;
  std::optional<bool> works_with_emr_;
};

/// Puts in order what AWS's own file has in any; of what is there twice, the last counts.
template <typename Row, typename Key>
void sort_by(std::vector<Row>& rows, Key key) {
  const auto is_before = [&](const Row& a, const Row& b) { return key(a) < key(b); };
  const auto is_not_before = [&](const Row& a, const Row& b) { return !is_before(a, b); };
  if (std::adjacent_find(rows.begin(), rows.end(), is_not_before) == rows.end()) {
    return;
  }
  std::stable_sort(rows.begin(), rows.end(), is_before);
  const auto kept = std::unique(rows.rbegin(), rows.rend(),
                                [&](const Row& a, const Row& b) { return key(a) == key(b); });
  rows.erase(rows.begin(), kept.base());
}

}  // namespace

Result<AdvisorFile> read_advisor_file(std::string_view text) {
  AdvisorReader reader;
  if (!json::sax_parse(text, &reader)) {
    return fail(ErrorKind::Corrupt, "read spot advisor data: not JSON ({} bytes)", text.size());
  }
  if (!reader.has_regions()) {
    return fail(ErrorKind::Corrupt, "read spot advisor data: no object 'spot_advisor' in it");
  }
  auto file = reader.take();
  sort_by(file.rows, [](const AdvisorRow& row) { return std::tie(row.region, row.os, row.type); });
  sort_by(file.types, [](const AdvisorType& type) { return std::tie(type.type); });
  return file;
}

std::string write_advisor_file(std::span<const AdvisorRow> rows,
                               std::span<const AdvisorType> types) {
  struct Range {
    const char* label;
    int max;
  };
  constexpr std::array kRanges{Range{"<5%", 5}, Range{"5-10%", 11}, Range{"10-15%", 16},
                               Range{"15-20%", 22}, Range{">20%", 100}};
  json whole{{"global_rate", "<10%"},
             {"ranges", json::array()},
             {"instance_types", json::object()},
             {"spot_advisor", json::object()}};
  for (std::size_t i = 0; i < kRanges.size(); ++i) {
    whole["ranges"].push_back(
        {{"index", i}, {"label", kRanges[i].label}, {"dots", i}, {"max", kRanges[i].max}});
  }
  for (const auto& one : types) {
    whole["instance_types"][one.type] = {
        {"cores", one.cores}, {"ram_gb", one.ram_gb}, {"emr", one.works_with_emr}};
  }
  for (const auto& row : rows) {
    whole["spot_advisor"][row.region][row.os][row.type] = {{"s", row.savings_percent},
                                                           {"r", row.band}};
  }
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace spotvane::wire
