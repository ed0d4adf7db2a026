#include "market/region_catalog.hpp"

#include "base/number.hpp"
#include "base/spelling.hpp"
#include "base/split.hpp"

#include <algorithm>
#include <set>

namespace spotvane::market {

namespace {

constexpr auto kNote = "catalog/";
constexpr auto kRegions = "catalog_regions";
constexpr std::int64_t kNoPrice = -1;

std::string line_of(const CatalogEntry& entry) {
  const auto& facts = entry.facts;
  std::vector<std::string> zones;
  for (const auto& zone : entry.zones) {
    zones.push_back(zone.text());
  }
  return fmt::format("type\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                     facts.type, facts.vcpus, facts.memory_mib, fmt::join(facts.architectures, ","),
                     facts.gpus, facts.offered_as_spot ? 1 : 0, facts.is_bare_metal ? 1 : 0,
                     facts.is_current_generation ? 1 : 0, facts.network, facts.gpu,
                     facts.gpu_memory_mib, facts.local_disk_gb, facts.cpu_manufacturer,
                     entry.on_demand ? entry.on_demand->micros() : kNoPrice, fmt::join(zones, ","));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (const auto word : split(text, ',')) {
    if (!word.empty()) {
      all.emplace_back(word);
    }
  }
  return all;
}

std::optional<CatalogEntry> read_entry(const std::vector<std::string_view>& fields) {
  if (fields.size() != 16) {
    return std::nullopt;
  }
  const auto vcpus = parse_integer(fields[2]);
  const auto memory = parse_integer(fields[3]);
  const auto gpus = parse_integer(fields[5]);
  const auto gpu_memory = parse_integer(fields[11]);
  const auto disk = parse_integer(fields[12]);
  const auto price = parse_integer(fields[14]);
  if (!vcpus || !memory || !gpus || !gpu_memory || !disk || !price) {
    return std::nullopt;
  }
  CatalogEntry entry{.facts = {.type = model::InstanceType{std::string{fields[1]}},
                               .vcpus = static_cast<int>(*vcpus),
                               .memory_mib = *memory,
                               .architectures = words(fields[4]),
                               .gpus = static_cast<int>(*gpus),
                               .offered_as_spot = fields[6] == "1",
                               .is_bare_metal = fields[7] == "1",
                               .is_current_generation = fields[8] == "1",
                               .network = std::string{fields[9]},
                               .gpu = std::string{fields[10]},
                               .gpu_memory_mib = *gpu_memory,
                               .local_disk_gb = *disk,
                               .cpu_manufacturer = std::string{fields[13]}}};
  for (auto& zone : words(fields[15])) {
    entry.zones.emplace_back(std::move(zone));
  }
  if (*price != kNoPrice) {
    entry.on_demand = Money::from_micros(*price);
  }
  return entry;
}

void read_line(std::string_view line, RegionCatalog& catalog) {
  const auto parts = split(line, '\t');
  const std::vector<std::string_view> fields(parts.begin(), parts.end());
  if (fields.size() == 2 && fields[0] == "at") {
    catalog.at = parse_time(fields[1]).value_or(TimePoint{});
  } else if (fields.size() == 3 && fields[0] == "zone") {
    catalog.zones.push_back({catalog.region, model::ZoneId{std::string{fields[1]}},
                             model::ZoneName{std::string{fields[2]}}});
  } else if (fields.size() == 3 && fields[0] == "image") {
    catalog.images.push_back(
        {.id = model::ImageId{std::string{fields[2]}}, .architecture = std::string{fields[1]}});
  } else if (auto entry = read_entry(fields)) {
    catalog.entries.push_back(std::move(*entry));
  }
}

}  // namespace

Result<const CatalogEntry*> RegionCatalog::entry(const model::InstanceType& type) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const CatalogEntry& one) { return one.facts.type == type; });
  if (found != entries.end()) {
    return &*found;
  }
  std::vector<std::string> names;
  for (const auto& one : entries) {
    names.push_back(one.facts.type.text());
  }
  const auto meant = nearest(type.text(), names);
  return tl::unexpected(
      Error{ErrorKind::NotFound, fmt::format("type '{}' is not offered in '{}'", type, region),
            meant ? fmt::format("did you mean '{}'?", *meant)
                  : "see what is by `spotvane catalog types --region " + region.text() + "`"});
}

Result<model::ImageId> RegionCatalog::image(const model::InstanceType& type) const {
  return entry(type).and_then([&](const CatalogEntry* one) -> Result<model::ImageId> {
    for (const auto& architecture : one->facts.architectures) {
      for (const auto& image : images) {
        if (image.architecture == architecture) {
          return image.id;
        }
      }
    }
    return tl::unexpected(
        Error{ErrorKind::NotFound,
              fmt::format("no Amazon Linux 2023 image is known for '{}' ({}) in '{}'", type,
                          fmt::join(one->facts.architectures, ", "), region),
              "`spotvane catalog sync` looks for them anew; it needs ssm:GetParametersByPath or "
              "ec2:DescribeImages"});
  });
}

Result<void> save_catalog(StateStore& state, const RegionCatalog& catalog) {
  std::string text = fmt::format("at\t{}\n", to_iso8601(catalog.at));
  for (const auto& zone : catalog.zones) {
    text += fmt::format("zone\t{}\t{}\n", zone.id, zone.name);
  }
  for (const auto& image : catalog.images) {
    text += fmt::format("image\t{}\t{}\n", image.architecture, image.id);
  }
  for (const auto& entry : catalog.entries) {
    text += line_of(entry);
  }
  return catalog_regions(state)
      .and_then([&](const std::vector<model::Region>& known) {
        std::set<std::string> names{catalog.region.text()};
        for (const auto& region : known) {
          names.insert(region.text());
        }
        return state.save_note(kRegions, fmt::format("{}", fmt::join(names, ",")));
      })
      .and_then([&] { return state.save_note(kNote + catalog.region.text(), text); });
}

Result<std::optional<RegionCatalog>> known_catalog(StateStore& state, const model::Region& region) {
  return state.note(kNote + region.text()).map([&](const std::optional<std::string>& text) {
    std::optional<RegionCatalog> catalog;
    if (text) {
      catalog.emplace(RegionCatalog{.region = region, .at = {}});
      for (const auto line : split(*text, '\n')) {
        read_line(line, *catalog);
      }
    }
    return catalog;
  });
}

Result<std::vector<model::Region>> catalog_regions(StateStore& state) {
  return state.note(kRegions).map([](const std::optional<std::string>& text) {
    std::vector<model::Region> regions;
    for (auto& name : words(text.value_or(""))) {
      regions.emplace_back(std::move(name));
    }
    return regions;
  });
}

}  // namespace spotvane::market
