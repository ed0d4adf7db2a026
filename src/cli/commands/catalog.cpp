#include "cli/commands/catalog.hpp"

#include "cli/catalog_session.hpp"
#include "cli/cloud_session.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace spotvane::cli {

namespace {

Words texts(const std::vector<model::ZoneId>& zones) {
  Words all;
  for (const auto& zone : zones) {
    all.push_back(zone.text());
  }
  return all;
}

/// The catalog of `name`, or where none is named of the home's region, else of the only one kept.
Result<market::RegionCatalog> catalog_of(Environment& environment, StateStore& state,
                                         const std::optional<std::string>& name) {
  if (name || environment.settings.aws_region) {
    return kept_catalog(state, model::Region{name ? *name : *environment.settings.aws_region});
  }
  const auto regions = market::catalog_regions(state);
  if (!regions) {
    return tl::unexpected(regions.error());
  }
  if (regions->size() == 1) {
    return kept_catalog(state, regions->front());
  }
  return tl::unexpected(
      Error{ErrorKind::InvalidInput, "no region is named",
            regions->empty() ? "no catalog is kept: first `spotvane catalog sync`"
                             : fmt::format("name one by --region: {}", fmt::join(*regions, ", "))});
}

Result<market::RegionCatalog> read_catalog(Environment& environment, const model::Region& region) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  return kept_catalog((*home)->state(), region);
}

void say_age(Environment& environment, const market::RegionCatalog& catalog) {
  environment.console.say(fmt::format("catalog of '{}' of {}", catalog.region,
                                      age_of(catalog, environment.world.wall_clock().now())));
}

Value text_or_none(const std::string& text) {
  return text.empty() ? Value{} : Value{text};
}

Table type_table(const std::vector<const market::CatalogEntry*>& entries) {
  Table table{.name = "types",
              .columns = {{"instance_type"},
                          {"vcpus"},
                          {"memory_gib", 2},
                          {"architectures"},
                          {"gpus"},
                          {"gpu"},
                          {"gpu_memory_gib", 1},
                          {"local_disk_gb"},
                          {"network"},
                          {"on_demand_price"},
                          {"spot"},
                          {"zones"}}};
  constexpr double kMibPerGib = 1024;
  for (const auto* entry : entries) {
    const auto& facts = entry->facts;
    table.rows.push_back(
        {facts.type.text(), std::int64_t{facts.vcpus},
         static_cast<double>(facts.memory_mib) / kMibPerGib, Words{facts.architectures},
         std::int64_t{facts.gpus}, text_or_none(facts.gpu),
         facts.gpu_memory_mib > 0 ? Value{static_cast<double>(facts.gpu_memory_mib) / kMibPerGib}
                                  : Value{},
         facts.local_disk_gb > 0 ? Value{facts.local_disk_gb} : Value{},
         text_or_none(facts.network), entry->on_demand ? Value{*entry->on_demand} : Value{},
         facts.offered_as_spot, texts(entry->zones)});
  }
  return table;
}

}  // namespace

void CatalogSync::declare(Flags& flags, Settings& /*settings*/) {
  flags.texts("regions", "REGION", "these regions only (default: all enabled)", regions_);
}

Result<ExitCode> CatalogSync::run(Environment& environment) {
  const auto opened = open_home_and_cloud(environment, HomeUse::Shared);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  auto& cloud = *opened->cloud;
  auto all = all_regions(environment.world, cloud);
  if (!all) {
    return tl::unexpected(std::move(all.error()).during("find the regions"));
  }
  std::vector<model::Region> regions;
  for (const auto& name : regions_) {
    regions.emplace_back(name);
  }
  if (auto usable = check_enabled(regions, *all); !usable) {
    return tl::unexpected(std::move(usable.error()));
  }
  if (regions.empty()) {
    regions = enabled_of(*all);
  }
  const auto synced = sync_catalogs(environment, cloud, opened->home->state(), regions);
  if (!synced) {
    return tl::unexpected(synced.error());
  }
  Table table{.name = "catalogs",
              .columns = {{"region"}, {"types"}, {"zones"}, {"priced"}, {"images"}, {"at"}}};
  bool is_whole = synced->size() == regions.size();
  for (const auto& one : *synced) {
    const auto& catalog = one.catalog;
    is_whole = is_whole && one.gaps.empty();
    const auto priced =
        std::count_if(catalog.entries.begin(), catalog.entries.end(),
                      [](const auto& entry) { return entry.on_demand.has_value(); });
    Words images;
    for (const auto& image : catalog.images) {
      images.push_back(fmt::format("{}={}", image.architecture, image.id));
    }
    table.rows.push_back({catalog.region.text(), static_cast<std::int64_t>(catalog.entries.size()),
                          static_cast<std::int64_t>(catalog.zones.size()),
                          static_cast<std::int64_t>(priced), std::move(images), catalog.at});
  }
  environment.show({.facts = {}, .tables = {std::move(table)}});
  return is_whole ? ExitCode::Done : ExitCode::Partly;
}

void CatalogTypes::declare(Flags& flags, Settings& /*settings*/) {
  flags.text("region", "REGION", "of this region (default: that of the settings)", region_);
  flags.text("type", "RE", "types whose name this regular expression finds", choice_.type);
  flags.text("arch", "ARCH", "x86_64 or arm64", choice_.architecture);
  flags.number("min-vcpu", "N", "at least so many vCPUs", choice_.min_vcpus, 1, 1'000'000);
  flags.number("max-vcpu", "N", "at most so many vCPUs", choice_.max_vcpus, 1, 1'000'000);
  flags.real("min-memory", "GIB", "at least so much memory", choice_.min_memory_gib, 0, 1e9);
  flags.real("max-memory", "GIB", "at most so much memory", choice_.max_memory_gib, 0, 1e9);
  flags.number("min-gpus", "N", "at least so many GPUs", choice_.min_gpus, 0, 1'000);
  flags.number("max-gpus", "N", "at most so many GPUs", choice_.max_gpus, 0, 1'000);
  flags.real("max-price", "USD", "at most this on demand, an hour", choice_.max_price, 0, 1e9);
  flags.toggle("spot", "only what is offered as spot", choice_.as_spot_only);
  flags.toggle("current", "only the current generation", choice_.current_only);
  flags.toggle("no-metal", "no bare metal", choice_.no_bare_metal);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

Result<ExitCode> CatalogTypes::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  const auto catalog = catalog_of(environment, (*home)->state(), region_);
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  const auto chosen = market::choose_types(*catalog, choice_);
  if (!chosen) {
    return tl::unexpected(Error{chosen.error()}.during("option '--type'"));
  }
  say_age(environment, *catalog);
  environment.show({.facts = {{"region", catalog->region.text()},
                              {"as_of", catalog->at},
                              {"found", static_cast<std::int64_t>(chosen->size())}},
                    .tables = {type_table(*chosen)}},
                   static_cast<std::size_t>(top_));
  return ExitCode::Done;
}

void CatalogArch::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("FAMILY", "a family (t4g) or a type of it; all where none is named", family_);
  flags.text("region", "REGION", "of this region alone (default: all that are kept)", region_);
}

Result<ExitCode> CatalogArch::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto regions = market::catalog_regions(state);
  if (!regions) {
    return tl::unexpected(std::move(regions.error()));
  }
  if (region_) {
    regions = std::vector{model::Region{*region_}};
  }
  if (regions->empty()) {
    return tl::unexpected(
        Error{ErrorKind::NotFound, "no catalog is kept", "fetch one: `spotvane catalog sync`"});
  }
  std::map<std::string, std::set<std::string>> families;
  for (const auto& region : *regions) {
    const auto catalog = kept_catalog(state, region);
    if (!catalog) {
      return tl::unexpected(catalog.error());
    }
    for (const auto& entry : catalog->entries) {
      auto& known = families[std::string{model::family(entry.facts.type)}];
      known.insert(entry.facts.architectures.begin(), entry.facts.architectures.end());
    }
  }
  Table table{.name = "families", .columns = {{"family"}, {"architectures"}}};
  const auto wanted = family_ ? family_->substr(0, family_->find('.')) : "";
  for (const auto& [family, architectures] : families) {
    if (wanted.empty() || family == wanted) {
      table.rows.push_back({family, Words{architectures.begin(), architectures.end()}});
    }
  }
  if (table.rows.empty()) {
    return fail(ErrorKind::NotFound, "no family '{}' is offered in {}", wanted,
                fmt::join(*regions, ", "));
  }
  environment.show({.facts = {}, .tables = {std::move(table)}});
  return ExitCode::Done;
}

void CatalogAmi::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("REGION", "where it is to boot", region_);
  flags.positional("TYPE", "what it is to boot", type_);
}

Result<ExitCode> CatalogAmi::run(Environment& environment) {
  const auto catalog = read_catalog(environment, model::Region{region_});
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  const auto image = catalog->image(model::InstanceType{type_});
  if (!image) {
    return tl::unexpected(image.error());
  }
  say_age(environment, *catalog);
  if (environment.output == OutputFormat::Table) {
    environment.console.print(image->text() + "\n");
    return ExitCode::Done;
  }
  environment.show({.facts = {{"as_of", catalog->at}},
                    .tables = {{.name = "images",
                                .columns = {{"region"}, {"instance_type"}, {"image"}},
                                .rows = {{region_, type_, image->text()}}}}});
  return ExitCode::Done;
}

void CatalogZones::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("REGION", "the region", region_);
  flags.positional("TYPE", "only zones that offer this type", type_);
}

Result<ExitCode> CatalogZones::run(Environment& environment) {
  const auto catalog = read_catalog(environment, model::Region{region_});
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  const market::CatalogEntry* wanted = nullptr;
  if (type_) {
    const auto entry = catalog->entry(model::InstanceType{*type_});
    if (!entry) {
      return tl::unexpected(entry.error());
    }
    wanted = *entry;
  }
  Table table{.name = "zones", .columns = {{"az_id"}, {"az_name"}, {"types"}}};
  for (const auto& zone : catalog->zones) {
    const auto offers = [&](const market::CatalogEntry& entry) {
      return std::binary_search(entry.zones.begin(), entry.zones.end(), zone.id);
    };
    if (wanted == nullptr || offers(*wanted)) {
      table.rows.push_back(
          {zone.id.text(), zone.name.text(),
           std::int64_t{std::count_if(catalog->entries.begin(), catalog->entries.end(), offers)}});
    }
  }
  say_age(environment, *catalog);
  environment.show({.facts = {}, .tables = {std::move(table)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
