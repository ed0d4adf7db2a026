#include "market/latest_market_text.hpp"

#include "market/latest_market.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace spotvane::market {

namespace {

// latest market 1
// 2026-08-01T00:10:00Z
// us-east-1 use1-az4      the places, numbered from 0; a region alone is its row without zones
//
// =m5.large               a type, and its pools: place, spot and on-demand price, band, savings,
// 0 34200 96000 1 64 9    SPS, T2, T3; "-" is absent, and so is what is left out at the end
// .
constexpr std::string_view kTitle = "latest market 1";
constexpr std::string_view kEnd = ".";
constexpr std::size_t kFields = 7;

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char letter) { return letter > ' '; });
}

void append_number(std::string& text, std::int64_t number) {
  std::array<char, std::numeric_limits<std::int64_t>::digits10 + 3> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

using Fields = std::array<std::optional<std::int64_t>, kFields>;

Fields fields_of(const model::MarketState& state) {
  const auto micros = [](const std::optional<Money>& price) {
    return price ? std::optional{price->micros()} : std::nullopt;
  };
  return {micros(state.spot_price),
          micros(state.on_demand_price),
          state.band,
          state.savings,
          state.sps,
          state.t2,
          state.t3};
}

/// A line at a time, and a line word by word.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_{text} {}

  std::optional<std::string_view> line() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

/// Takes the next word and the blank after it off `line`. False where it is no number that fits.
template <typename Number>
bool take_number(std::string_view& line, std::optional<Number>& number) {
  if (line.empty()) {
    return true;
  }
  Number value{};
  const auto* last = line.data() + line.size();
  auto [end, error] = std::from_chars(line.data(), last, value);
  if (error == std::errc{}) {
    number = value;
  } else if (line.starts_with('-') && error == std::errc::invalid_argument) {
    end = line.data() + 1;
  } else {
    return false;
  }
  if (end != last && *end != ' ') {
    return false;
  }
  line.remove_prefix(static_cast<std::size_t>(end - line.data()) + (end == last ? 0 : 1));
  return true;
}

std::optional<model::MarketState> take_state(std::string_view& line) {
  model::MarketState state;
  std::optional<std::int64_t> spot_price;
  std::optional<std::int64_t> on_demand_price;
  const bool is_good = take_number(line, spot_price) && take_number(line, on_demand_price) &&
                       take_number(line, state.band) && take_number(line, state.savings) &&
                       take_number(line, state.sps) && take_number(line, state.t2) &&
                       take_number(line, state.t3) && line.empty();
  if (!is_good) {
    return std::nullopt;
  }
  if (spot_price) {
    state.spot_price = Money::from_micros(*spot_price);
  }
  if (on_demand_price) {
    state.on_demand_price = Money::from_micros(*on_demand_price);
  }
  return state;
}

struct Place {
  model::Region region;
  model::ZoneId zone;
};

std::optional<std::vector<Place>> read_places(Reader& reader) {
  std::vector<Place> places;
  for (auto line = reader.line(); line; line = reader.line()) {
    if (line->empty()) {
      return places;
    }
    const auto blank = std::min(line->find(' '), line->size());
    const auto zone = line->substr(std::min(blank + 1, line->size()));
    places.push_back(
        {model::Region{std::string{line->substr(0, blank)}}, model::ZoneId{std::string{zone}}});
  }
  return std::nullopt;
}

bool read_pools(Reader& reader, const std::vector<Place>& places,
                std::vector<model::PoolState>& pools) {
  model::InstanceType type;
  for (auto line = reader.line(); line; line = reader.line()) {
    if (*line == kEnd) {
      return reader.is_at_end();
    }
    if (line->starts_with('=')) {
      type = model::InstanceType{std::string{line->substr(1)}};
      continue;
    }
    std::optional<std::size_t> place;
    if (line->empty() || !take_number(*line, place) || !place || *place >= places.size()) {
      return false;
    }
    const auto state = take_state(*line);
    if (!state) {
      return false;
    }
    pools.push_back({{type, places[*place].region, places[*place].zone}, *state});
  }
  return false;
}

}  // namespace

void LatestMarketWriter::add(const model::Pool& pool, const model::MarketState& state) {
  is_writable_ = is_writable_ && is_name(pool.type.text()) && is_name(pool.region.text()) &&
                 (pool.zone.empty() || is_name(pool.zone.text()));
  const auto [place, is_new] =
      places_.try_emplace({pool.region.text(), pool.zone.text()}, places_.size());
  if (is_new) {
    place_lines_ += pool.region.text();
    place_lines_ += pool.zone.empty() ? "" : " " + pool.zone.text();
    place_lines_ += '\n';
  }
  auto& lines = lines_[pool.type.text()];
  append_number(lines, static_cast<std::int64_t>(place->second));
  const auto fields = fields_of(state);
  auto count = kFields;
  while (count > 0 && !fields[count - 1]) {
    --count;
  }
  for (std::size_t i = 0; i < count; ++i) {
    lines += ' ';
    if (fields[i]) {
      append_number(lines, *fields[i]);
    } else {
      lines += '-';
    }
  }
  lines += '\n';
}

std::string LatestMarketWriter::text(TimePoint cycle) const {
  if (!is_writable_) {
    return {};
  }
  std::vector<std::string_view> types;
  for (const auto& [type, lines] : lines_) {
    types.push_back(type);
  }
  std::sort(types.begin(), types.end());
  auto text = fmt::format("{}\n{}\n{}\n", kTitle, to_iso8601(cycle), place_lines_);
  for (const auto type : types) {
    text += fmt::format("={}\n{}", type, lines_.at(type));
  }
  text += kEnd;
  return text + '\n';
}

std::string latest_market_text(const LatestMarket& market) {
  LatestMarketWriter writer;
  for (const auto& [pool, state] : market.pools) {
    writer.add(pool, state);
  }
  return writer.text(market.cycle);
}

std::optional<LatestMarket> parse_latest_market(std::string_view text) {
  Reader reader{text};
  if (reader.line() != kTitle) {
    return std::nullopt;
  }
  const auto cycle = parse_time(reader.line().value_or(""));
  const auto places = read_places(reader);
  if (!cycle || !places) {
    return std::nullopt;
  }
  LatestMarket market{.cycle = *cycle, .pools = {}};
  market.pools.reserve(text.size() / 16);  // a pool's line is not much shorter
  if (!read_pools(reader, *places, market.pools)) {
    return std::nullopt;
  }
  return market;
}

}  // namespace spotvane::market
