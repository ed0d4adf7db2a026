#include "market/zone_names.hpp"

#include "base/split.hpp"

#include <string>

namespace spotvane::market {

namespace {

constexpr auto kZonesNote = "zones/";

model::Region region_of(const model::ZoneName& name) {
  return model::Region{name.text().substr(0, name.text().size() - 1)};
}

Result<void> read_zones(StateStore& state, const model::Region& region,
                        std::vector<model::Zone>& zones) {
  const auto note = state.note(kZonesNote + region.text());
  if (!note) {
    return tl::unexpected(note.error());
  }
  const auto text = note->value_or("");
  for (const auto line : split(text, '\n')) {
    if (const auto words = split(line, ' '); words.size() == 2) {
      zones.push_back(
          {region, model::ZoneId{std::string{words[0]}}, model::ZoneName{std::string{words[1]}}});
    }
  }
  return {};
}

}  // namespace

Result<void> save_zones(StateStore& state, const model::Region& region,
                        const std::vector<model::Zone>& zones) {
  std::string text;
  for (const auto& zone : zones) {
    text += fmt::format("{} {}\n", zone.id, zone.name);
  }
  return state.save_note(kZonesNote + region.text(), text);
}

ZoneNames::ZoneNames(const std::vector<model::Zone>& zones) {
  for (const auto& zone : zones) {
    names_.emplace(zone.id, zone.name);
    ids_.emplace(zone.name, zone.id);
  }
}

Result<ZoneNames> ZoneNames::known(StateStore& state, const std::set<model::Region>& regions) {
  std::vector<model::Zone> zones;
  for (const auto& region : regions) {
    if (auto read = read_zones(state, region, zones); !read) {
      return tl::unexpected(std::move(read.error()));
    }
  }
  return ZoneNames{zones};
}

const model::ZoneName& ZoneNames::name(const model::ZoneId& zone) const {
  const auto found = names_.find(zone);
  return found == names_.end() ? unknown_ : found->second;
}

Result<model::ZoneId> ZoneNames::zone(std::string_view text) const {
  if (!model::is_zone_name(text)) {
    return model::ZoneId{std::string{text}};
  }
  const auto found = ids_.find(model::ZoneName{std::string{text}});
  if (found != ids_.end()) {
    return found->second;
  }
  return tl::unexpected(
      Error{ErrorKind::InvalidInput,
            fmt::format("'{}' is an account's own name for a zone, and not known here", text),
            "a collection cycle of its region learns the account's names; or use the zone ID, "
            "which is the same for every account: use1-az4"});
}

Result<model::PoolChoice> find_pools(StateStore& state, std::string_view text) {
  const auto at = text.find('@');
  const auto place = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  if (!model::is_zone_name(place)) {
    return model::parse_pool_choice(text);
  }
  const auto region = region_of(model::ZoneName{std::string{place}});
  return ZoneNames::known(state, {region})
      .and_then([&](const ZoneNames& names) { return names.zone(place); })
      .and_then([&](const model::ZoneId& zone) {
        return model::parse_pool_choice(fmt::format("{}@{}", text.substr(0, at), region))
            .map([&](model::PoolChoice pools) {
              pools.region = {};
              pools.zone = zone;
              return pools;
            });
      });
}

}  // namespace spotvane::market
