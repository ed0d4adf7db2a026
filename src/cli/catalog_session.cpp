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

Result<std::vector<model::RegionStatus>> all_regions(World& world, Cloud& cloud) {
  using Regions = std::vector<model::RegionStatus>;
  return await_answer<Regions>(
      world, [&](On<Regions> on) { cloud.ec2().describe_regions(std::move(on)); });
}

std::vector<model::Region> enabled_of(const std::vector<model::RegionStatus>& all) {
  std::vector<model::Region> enabled;
  for (const auto& one : all) {
    if (one.is_enabled) {
      enabled.push_back(one.region);
    }
  }
  return enabled;
}

Result<void> check_enabled(const std::vector<model::Region>& regions,
                           const std::vector<model::RegionStatus>& all) {
  std::vector<std::string> names;
  for (const auto& one : all) {
    names.push_back(one.region.text());
  }
  for (const auto& region : regions) {
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.region == region; });
    if (found == all.end()) {
      const auto meant = nearest(region.text(), names);
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("there is no region '{}'", region),
                                  meant ? fmt::format("did you mean '{}'?", *meant)
                                        : fmt::format("AWS has {}", fmt::join(names, ", "))});
    }
    if (!found->is_enabled) {
      return tl::unexpected(
          Error{ErrorKind::InvalidInput,
                fmt::format("the account has not enabled the region '{}'", region),
                "enable it in the account's settings, or leave it out"});
    }
  }
  return {};
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
            region.text().find('.') != std::string::npos
                ? "a region's name comes first: `spotvane catalog zones us-east-1 m5.large`"
            : meant ? fmt::format("did you mean '{}'? Else: `spotvane catalog sync --regions {}`",
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
