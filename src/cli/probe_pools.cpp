#include "cli/probe_pools.hpp"

#include "base/split.hpp"
#include "market/daily_score.hpp"
#include "market/day_planning.hpp"
#include "market/market_archive.hpp"

#include <algorithm>
#include <optional>

namespace spotvane::cli {

namespace {

constexpr Duration kOldestCatalog = std::chrono::hours{24};

/// "use1" of "us-east-1", "apne1" of "ap-northeast-1", "usgw1" of "us-gov-west-1".
std::string abbreviated(const model::Region& region) {
  std::string text;
  const auto words = split(region.text(), '-');
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    if (i == 0 || i + 1 == words.size()) {
      text += word;
    } else if (word.size() > 5 && (word.starts_with("north") || word.starts_with("south"))) {
      text += word.substr(0, 1);
      text += word.substr(5, 1);
    } else {
      text += word.substr(0, 1);
    }
  }
  return text;
}

}  // namespace

std::optional<model::Region> region_of_zone(const model::ZoneId& zone,
                                            const std::vector<model::Region>& regions) {
  const auto prefix = zone.text().substr(0, zone.text().find('-'));
  const auto found = std::find_if(regions.begin(), regions.end(), [&](const auto& region) {
    return abbreviated(region) == prefix;
  });
  return found == regions.end() ? std::nullopt : std::optional{*found};
}

Result<std::vector<model::PoolChoice>> best_of_yesterday(StateStore& state, Lake& lake,
                                                         TimePoint now, std::size_t most) {
  const auto yesterday = day_of(now) - std::chrono::days{1};
  auto scores = state.daily_scores(yesterday);
  const auto cycles = state.cycles(TimePoint{yesterday}, TimePoint{day_of(now)});
  if (!cycles) {
    return tl::unexpected(cycles.error());
  }
  if (scores && scores->empty() && !cycles->empty()) {
    scores = market::score_day(state, lake, yesterday);
  }
  if (!scores) {
    return tl::unexpected(std::move(scores.error()));
  }
  std::erase_if(*scores, [](const auto& one) { return one.score <= 0; });
  std::stable_sort(scores->begin(), scores->end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<model::PoolChoice> pools;
  for (const auto& one : *scores) {
    if (pools.size() < most) {
      pools.push_back({.type = one.pool.type, .region = one.pool.region});
    }
  }
  if (pools.empty()) {
    return tl::unexpected(
        Error{ErrorKind::NotFound,
              fmt::format("no pool is named, and {} has no daily scores", to_iso8601(yesterday)),
              "name pools, as in `spotvane probe run m5.large@us-east-1`, or collect a day first"});
  }
  return pools;
}

Result<std::vector<market::RegionCatalog>> fresh_catalogs(
    Environment& environment, Cloud& cloud, StateStore& state,
    const std::vector<model::Region>& regions) {
  const auto now = cloud.clock().now();
  std::vector<model::Region> missing;
  for (const auto& region : regions) {
    const auto kept = market::known_catalog(state, region);
    if (!kept) {
      return tl::unexpected(kept.error());
    }
    if (!*kept || now - (**kept).at > kOldestCatalog) {
      missing.push_back(region);
    }
  }
  if (!missing.empty()) {
    environment.console.say(fmt::format("fetching the catalog of {}", fmt::join(missing, ", ")));
    auto synced = sync_catalogs(environment, cloud, state, missing);
    if (!synced) {
      return tl::unexpected(std::move(synced.error()));
    }
  }
  std::vector<market::RegionCatalog> catalogs;
  for (const auto& region : regions) {
    auto kept = kept_catalog(state, region);
    if (!kept) {
      return tl::unexpected(std::move(kept.error()));
    }
    if (now - kept->at > kOldestCatalog) {
      environment.console.warn(
          fmt::format("warning: the catalog of '{}' is of {}", region, age_of(*kept, now)));
    }
    catalogs.push_back(std::move(*kept));
  }
  return catalogs;
}

Result<std::vector<model::PoolChoice>> locate(std::vector<model::PoolChoice> pools,
                                              const std::vector<model::RegionStatus>& all) {
  const auto enabled = enabled_of(all);
  for (auto& pool : pools) {
    if (pool.region.empty()) {
      const auto region = region_of_zone(pool.zone, enabled);
      if (!region) {
        return tl::unexpected(
            Error{ErrorKind::InvalidInput,
                  fmt::format("zone '{}' is in no region that the account has enabled", pool.zone),
                  "zones are named by their IDs, as 'use1-az4'"});
      }
      pool.region = *region;
    }
    if (auto usable = check_enabled({pool.region}, all); !usable) {
      return tl::unexpected(std::move(usable.error()));
    }
  }
  return pools;
}

}  // namespace spotvane::cli
