#include "spotlake/pool_columns.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace spotvane::spotlake {

namespace {

enum Column : std::uint8_t {
  Type,
  Region,
  Zone,
  Sps,
  Interruption,
  T2,
  T3,
  Savings,
  SpotPrice,
  OnDemandPrice
};

constexpr std::array<std::string_view, 10> kPoolNames{
    "InstanceType", "Region", "AZ",      "SPS",       "IF",
    "T2",           "T3",     "Savings", "SpotPrice", "OndemandPrice"};
constexpr std::size_t kFirstThatMayBeMissing = T2;
constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

constexpr std::int64_t kOne = 1'000'000;
constexpr std::size_t kLongestName = 100;

/// Which numbers make sense where, in millionths.
struct Range {
  std::int64_t least;
  std::int64_t most;
};
constexpr Range kScores{0, 10 * kOne};
constexpr Range kCapacityRange{0, 30'000 * kOne};
constexpr Range kPercents{-30'000 * kOne, 100 * kOne};
constexpr Range kPrices{0, 1'000'000 * kOne};

/// Millionths of a plain decimal with at most six places; nothing for anything else.
std::optional<std::int64_t> plain_micros(std::string_view text) {
  constexpr std::size_t kLongest = 16;  // no overflow below
  const bool is_negative = text.starts_with('-');
  text.remove_prefix(is_negative ? 1 : 0);
  if (text.empty() || text.size() > kLongest || text.front() == '.' || text.back() == '.') {
    return std::nullopt;
  }
  std::int64_t digits = 0;
  std::size_t places = 0;
  bool is_fraction = false;
  for (const char letter : text) {
    if (letter >= '0' && letter <= '9') {
      digits = digits * 10 + (letter - '0');
      places += is_fraction ? 1 : 0;
    } else if (letter == '.' && !is_fraction) {
      is_fraction = true;
    } else {
      return std::nullopt;
    }
  }
  if (places > 6 || (places == 0 && text.size() > 12)) {
    return std::nullopt;
  }
  for (; places < 6; ++places) {
    digits *= 10;
  }
  return is_negative ? -digits : digits;
}

/// Other spellings: more places, an exponent.
std::optional<std::int64_t> any_micros(std::string_view text) {
  const auto value = parse_real(text);
  if (!value || std::abs(*value) > 1e12) {
    return std::nullopt;
  }
  return std::llround(*value * static_cast<double>(kOne));
}

Result<std::optional<std::int64_t>> read_micros(Column column, std::string_view text,
                                                const Range& range) {
  if (text.empty()) {
    return std::nullopt;
  }
  auto micros = plain_micros(text);
  if (!micros) {
    micros = any_micros(text);
  }
  if (!micros) {
    return fail(ErrorKind::Corrupt, "{} '{}' is not a number", kPoolNames[column], text);
  }
  if (*micros == -kOne) {
    return std::nullopt;
  }
  if (*micros < range.least || *micros > range.most) {
    return fail(ErrorKind::Corrupt, "{} '{}' makes no sense", kPoolNames[column], text);
  }
  return micros;
}

/// The cells of one row, and what was wrong with the first that makes no sense.
class Cells {
 public:
  Cells(const std::vector<std::string_view>& fields, const std::array<std::size_t, 10>& places)
      : fields_{fields}, places_{places} {}

  std::string_view name(Column column) {
    const auto text = (*this)[column];
    if (text.size() > kLongestName) {
      complain(fmt::format("{} is a name of {} letters", kPoolNames[column], text.size()));
    }
    return text;
  }

  std::optional<std::int16_t> whole(Column column, const Range& range) {
    const auto micros = number(column, range);
    if (micros && *micros % kOne != 0) {
      complain(fmt::format("{} '{}' is not a whole number", kPoolNames[column], (*this)[column]));
      return std::nullopt;
    }
    return micros ? std::optional{static_cast<std::int16_t>(*micros / kOne)} : std::nullopt;
  }

  std::optional<Money> price(Column column) {
    const auto micros = number(column, kPrices);
    return micros ? std::optional{Money::from_micros(*micros)} : std::nullopt;
  }

  /// SpotLake's number: 3.0, 2.5, 2.0, 1.5, 1.0 for the bands 0..4.
  std::optional<std::int16_t> band() {
    constexpr Range kBands{1 * kOne, 3 * kOne};
    const auto micros = number(Interruption, kBands);
    if (micros && *micros % (kOne / 2) != 0) {
      complain(fmt::format("IF '{}' stands for no interruption band", (*this)[Interruption]));
      return std::nullopt;
    }
    return micros ? std::optional{static_cast<std::int16_t>((3 * kOne - *micros) / (kOne / 2))}
                  : std::nullopt;
  }

  void complain(std::string reason) {
    if (reason_.empty()) {
      reason_ = std::move(reason);
    }
  }
  const std::string& reason() const { return reason_; }

 private:
  std::string_view operator[](Column column) const {
    return places_[column] == kAbsent ? std::string_view{} : fields_[places_[column]];
  }

  std::optional<std::int64_t> number(Column column, const Range& range) {
    auto micros = read_micros(column, (*this)[column], range);
    if (!micros) {
      complain(std::move(micros.error().message));
      return std::nullopt;
    }
    return *micros;
  }

  const std::vector<std::string_view>& fields_;
  const std::array<std::size_t, 10>& places_;
  std::string reason_;
};

}  // namespace

Result<PoolColumns> PoolColumns::find(const std::vector<std::string_view>& header) {
  PoolColumns columns;
  columns.width_ = header.size();
  for (std::size_t column = 0; column < kColumns; ++column) {
    const auto found = std::find(header.begin(), header.end(), kPoolNames[column]);
    if (found == header.end() && column < kFirstThatMayBeMissing) {
      return fail(ErrorKind::Corrupt, "there is no column '{}'", kPoolNames[column]);
    }
    columns.places_[column] =
        found == header.end() ? kAbsent : static_cast<std::size_t>(found - header.begin());
  }
  return columns;
}

Result<PoolValues> PoolColumns::read(const std::vector<std::string_view>& fields) const {
  if (fields.size() != width_) {
    return fail(ErrorKind::Corrupt, "{} fields instead of {}", fields.size(), width_);
  }
  Cells cells{fields, places_};
  PoolValues values{.instance_type = cells.name(Type),
                    .region = cells.name(Region),
                    .zone = cells.name(Zone),
                    .state = {.sps = cells.whole(Sps, kScores),
                              .t2 = cells.whole(T2, kCapacityRange),
                              .t3 = cells.whole(T3, kCapacityRange),
                              .band = cells.band(),
                              .savings = cells.whole(Savings, kPercents),
                              .spot_price = cells.price(SpotPrice),
                              .on_demand_price = cells.price(OnDemandPrice)}};
  if (values.instance_type.empty() || values.region.empty()) {
    cells.complain("the row names no instance type or no region");
  }
  if (!cells.reason().empty()) {
    return fail(ErrorKind::Corrupt, "{}", cells.reason());
  }
  return values;
}

}  // namespace spotvane::spotlake
