#include "cli/catalog_session.hpp"

#include "base/spelling.hpp"
#include "cli/await_answer.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace spotvane::cli {

Result<std::vector<market::SyncedCatalog>> sync_catalogs(
    Environment& environment, Cloud& cloud, StateStore& state,
    const std::vector<model::Region>& regions) {
  using Answers = std::vector<std::optional<Result<market::SyncedCatalog>>>;
  // Shared: answers may still come after the user has stopped waiting for them.
  const auto answers = std::make_shared<Answers>(regions.size());
  const auto are_there = [&] {
    return std::all_of(answers->begin(), answers->end(),
                       [](const auto& one) { return one.has_value(); });
  };
  const market::CatalogSources sources{cloud.clock(), cloud.ec2(), cloud.price_list(),
                                       cloud.images()};
  for (std::size_t i = 0; i < regions.size(); ++i) {
    market::sync_catalog(sources, regions[i], [answers, i](Result<market::SyncedCatalog> answer) {
      (*answers)[i] = std::move(answer);
    });
  }
  environment.world.run_until([&] { return are_there() || environment.world.interrupts() > 0; });
  if (!are_there()) {
    return fail(ErrorKind::Cancelled, "stopped before the catalog was there");
  }
  std::vector<market::SyncedCatalog> synced;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    auto& answer = *(*answers)[i];
    if (!answer) {
      environment.console.error(
          with_hint(std::move(answer.error())).during(fmt::format("catalog of '{}'", regions[i])));
      continue;
    }
    for (const auto& gap : answer->gaps) {
      environment.console.warn(fmt::format("warning: catalog of '{}' without {}", regions[i], gap));
    }
    if (auto saved = market::save_catalog(state, answer->catalog); !saved) {
      return tl::unexpected(std::move(saved.error()));
    }
    synced.push_back(std::move(*answer));
  }
  return synced;
}

Result<std::vector<model::Region>> enabled_regions(World& world, Cloud& cloud) {
  using Regions = std::vector<model::RegionStatus>;
  return await_answer<Regions>(world,
                               [&](On<Regions> on) { cloud.ec2().describe_regions(std::move(on)); })
      .map([](const Regions& all) {
        std::vector<model::Region> enabled;
        for (const auto& one : all) {
          if (one.is_enabled) {
            enabled.push_back(one.region);
          }
        }
        return enabled;
      });
}

Result<market::RegionCatalog> kept_catalog(StateStore& state, const model::Region& region) {
  auto kept = market::known_catalog(state, region);
  if (!kept) {
    return tl::unexpected(std::move(kept.error()));
  }
  if (*kept) {
    return std::move(**kept);
  }
  std::vector<std::string> names;
  if (const auto regions = market::catalog_regions(state)) {
    for (const auto& one : *regions) {
      names.push_back(one.text());
    }
  }
  const auto meant = nearest(region.text(), names);
  return tl::unexpected(
      Error{ErrorKind::NotFound, fmt::format("no catalog of '{}' is kept", region),
            meant ? fmt::format("did you mean '{}'? Else: `spotvane catalog sync --regions {}`",
                                *meant, region)
                  : fmt::format("fetch it: `spotvane catalog sync --regions {}`", region)});
}

std::string age_of(const market::RegionCatalog& catalog, TimePoint now) {
  // A lab's time has nothing to do with ours: there may be no age to tell.
  const auto asked = to_iso8601(TimePoint{std::chrono::floor<std::chrono::seconds>(catalog.at)});
  return now >= catalog.at
             ? fmt::format(
                   "{} ago ({})",
                   to_text(Duration{std::chrono::floor<std::chrono::minutes>(now - catalog.at)}),
                   asked)
             : asked;
}

}  // namespace spotvane::cli
