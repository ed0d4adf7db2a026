#include "model/pool_choice.hpp"

#include <algorithm>

namespace spotvane::model {

namespace {

constexpr auto kForms = "write type@region or type@zone-id: m5.large@us-east-1, m5.large@use1-az4";

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_lower(char letter) {
  return letter >= 'a' && letter <= 'z';
}

/// Lower-case letters, digits, and what joins them.
bool is_name(std::string_view text, std::string_view joints) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
    return is_lower(letter) || is_digit(letter) || joints.find(letter) != std::string_view::npos;
  });
}

bool is_type(std::string_view text) {
  const auto dot = text.find('.');
  return is_name(text, ".-") && dot != 0 && dot != std::string_view::npos && dot + 1 < text.size();
}

/// Zone IDs begin with their region's short form, which ends in its number: "use1-az4",
/// "usw2-lax1-az1". The number of a region's own name comes last: "us-east-1".
bool is_zone_id(std::string_view place) {
  const auto joint = place.find('-');
  return joint != std::string_view::npos && joint > 0 && is_digit(place[joint - 1]);
}

tl::unexpected<Error> refuse(std::string_view text, std::string_view what, std::string hint) {
  return tl::unexpected(
      Error{ErrorKind::InvalidInput, fmt::format("pool '{}' {}", text, what), std::move(hint)});
}

}  // namespace

bool is_zone_name(std::string_view place) {
  return place.size() > 1 && is_lower(place.back()) && is_digit(place[place.size() - 2]);
}

bool PoolChoice::includes(const Pool& pool) const {
  return pool.type == type && (region.empty() || pool.region == region) &&
         (zone.empty() || pool.zone == zone);
}

Result<PoolChoice> parse_pool_choice(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos) {
    return refuse(text, "names no place", kForms);
  }
  const auto type = text.substr(0, at);
  const auto place = text.substr(at + 1);
  if (!is_type(type)) {
    return refuse(text, fmt::format("names no instance type: '{}'", type), kForms);
  }
  if (is_zone_id(place) && is_name(place, "-")) {
    return PoolChoice{
        .type = InstanceType{std::string{type}}, .region = {}, .zone = ZoneId{std::string{place}}};
  }
  if (is_zone_name(place)) {
    return refuse(text, "names a zone by an account's own name for it",
                  "use the zone ID, which is the same for every account: type@use1-az4");
  }
  if (!is_name(place, "-")) {
    return refuse(text, fmt::format("names neither a region nor a zone ID: '{}'", place), kForms);
  }
  return PoolChoice{
      .type = InstanceType{std::string{type}}, .region = Region{std::string{place}}, .zone = {}};
}

std::string to_text(const PoolChoice& pools) {
  return fmt::format("{}@{}", pools.type,
                     pools.zone.empty() ? pools.region.text() : pools.zone.text());
}

}  // namespace spotvane::model
