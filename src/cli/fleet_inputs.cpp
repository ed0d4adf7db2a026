#include "cli/fleet_inputs.hpp"

#include "base/number.hpp"
#include "cli/csv_table.hpp"
#include "lab/catalog_data.hpp"
#include "market/pool_history.hpp"
#include "market/zone_names.hpp"
#include "ports/text_files.hpp"
#include "sim/spot_market.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace spotvane::cli {

namespace {

using replay::MarketPool;
using replay::PriceStep;

/// The lab's market begins then, as its clock does.
constexpr TimePoint kLabBegin = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
constexpr auto kRoomStep = std::chrono::minutes{10};

/// A market begins when this share of its pools has a price.
constexpr double kPriced = 0.9;

Result<CsvTable> read_csv(TextFiles& files, const std::string& path) {
  return read_whole(files, path)
      .and_then([](const std::string& text) { return parse_csv_table(text); })
      .map_error(
          [&](Error error) { return std::move(error).during(fmt::format("read '{}'", path)); });
}

Result<std::size_t> column_of(const CsvTable& table, const std::string& path,
                              std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto found = table.column(name)) {
      return *found;
    }
  }
  return fail(ErrorKind::InvalidInput, "'{}' has no column '{}'; it has '{}'", path, *names.begin(),
              fmt::join(table.names, "', '"));
}

policy::Throughput throughput_of(const std::vector<double>& samples) {
  policy::Throughput rate;
  for (const auto sample : samples) {
    rate.mean += sample / static_cast<double>(samples.size());
  }
  for (const auto sample : samples) {
    rate.deviation += (sample - rate.mean) * (sample - rate.mean);
  }
  rate.deviation =
      samples.size() > 1 ? std::sqrt(rate.deviation / static_cast<double>(samples.size() - 1)) : 0;
  return rate;
}

/// What each source adds to.
struct Gathered {
  std::vector<MarketPool> pools = {};
  TimePoint end = TimePoint::min();
  std::string region = {};  ///< of the first

  void add(std::string type, std::string_view in_region, std::string zone,
           std::vector<PriceStep> steps, std::vector<replay::RoomStep> room, TimePoint last) {
    if (steps.empty()) {
      return;
    }
    region = region.empty() ? std::string{in_region} : region;
    end = std::max(end, last);
    pools.push_back({.type = std::move(type),
                     .zone = std::move(zone),
                     .price = replay::PriceCourse{std::move(steps)},
                     .room = std::move(room)});
  }
};

Result<void> add_log(Environment& environment, const std::string& path,
                     const std::map<std::string, policy::Throughput>& performance,
                     Gathered& gathered) {
  auto log = read_whole(environment.world.text_files(), path).and_then([](const std::string& text) {
    return replay::parse_price_log(text);
  });
  if (!log) {
    return tl::unexpected(Error{log.error()}.during(fmt::format("read price log '{}'", path)));
  }
  for (const auto& fault : replay::faults_of(log->counts)) {
    environment.console.warn(fmt::format("warning: '{}': {}", path, fault));
  }
  for (auto& series : log->series) {
    if (performance.contains(series.type)) {
      const auto region = region_of_zone(series.zone);
      gathered.add(std::move(series.type), region, std::move(series.zone), std::move(series.steps),
                   {}, log->last);
    }
  }
  return {};
}

Result<void> add_archive(Environment& environment, const std::vector<std::string>& choices,
                         Gathered& gathered) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  for (const auto& choice : choices) {
    auto changes = market::find_pools(state, choice).and_then([&](const model::PoolChoice& pools) {
      return market::pool_history(state, (*home)->lake(), pools, TimePoint::min(),
                                  TimePoint::max());
    });
    if (!changes) {
      return tl::unexpected(Error{changes.error()}.during(fmt::format("prices of '{}'", choice)));
    }
    struct Past {
      std::vector<PriceStep> steps = {};
      std::vector<replay::RoomStep> room = {};
    };
    std::map<model::Pool, Past> pasts;
    for (const auto& change : *changes) {
      auto& past = pasts[change.pool];
      if (!change.has_ceased && change.state.spot_price) {
        past.steps.push_back({change.at, *change.state.spot_price});
      }
      past.room.push_back({change.at, change.has_ceased ? 0 : std::numeric_limits<int>::max()});
    }
    const auto latest = state.latest_cycle();
    const auto last = latest && *latest ? **latest : changes->back().at;
    for (auto& [pool, past] : pasts) {
      gathered.add(pool.type.text(), pool.region.text(), pool.zone.text(), std::move(past.steps),
                   std::move(past.room), last);
    }
  }
  return {};
}

Result<void> add_lab(const MarketSources& sources, Gathered& gathered) {
  const auto data = lab::load_catalog_data();
  if (!data) {
    return tl::unexpected(data.error());
  }
  const sim::SpotMarket market{data->catalog, sources.lab_seed};
  const auto end = kLabBegin + std::chrono::days{sources.lab_days};
  for (const auto& choice : sources.lab) {
    const auto pools = model::parse_pool_choice(choice);
    if (!pools) {
      return tl::unexpected(pools.error());
    }
    std::map<model::ZoneId, std::vector<PriceStep>> courses;
    const std::vector types{pools->type};
    for (const auto& change : market.price_changes(pools->region, kLabBegin, end, types)) {
      courses[change.zone_id].push_back({change.at, change.price_per_hour});
    }
    if (courses.empty()) {
      return fail(ErrorKind::NotFound, "the lab's market has no '{}'", choice);
    }
    for (auto& [zone, steps] : courses) {
      std::reverse(steps.begin(), steps.end());
      std::vector<replay::RoomStep> room;
      for (auto at = kLabBegin; at < end; at += kRoomStep) {
        const auto there = market.capacity({pools->type, pools->region, zone}, at).value_or(0);
        const auto whole = std::max(0, static_cast<int>(there));
        if (room.empty() || room.back().room != whole) {
          room.push_back({at, whole});
        }
      }
      gathered.add(pools->type.text(), pools->region.text(), zone.text(), std::move(steps),
                   std::move(room), end);
    }
  }
  return {};
}

}  // namespace

std::string region_of_zone(std::string_view zone) {
  return model::is_zone_name(zone) ? std::string{zone.substr(0, zone.size() - 1)}
                                   : std::string{zone};
}

Result<std::map<std::string, policy::Throughput>> read_performance(TextFiles& files,
                                                                   const std::string& path,
                                                                   const std::string& column) {
  const auto table = read_csv(files, path);
  if (!table) {
    return tl::unexpected(table.error());
  }
  const auto type = column_of(*table, path, {"instance_type", "type"});
  const auto rate = type ? column_of(*table, path, {column}) : type;
  if (!rate) {
    return tl::unexpected(rate.error());
  }
  const auto deviation = table->column("deviation");
  std::map<std::string, std::vector<double>> samples;
  std::map<std::string, double> deviations;
  for (std::size_t row = 0; row < table->rows.size(); ++row) {
    const auto& fields = table->rows[row];
    const auto mean = parse_real(fields[*rate]);
    const auto spread = deviation ? parse_real(fields[*deviation]) : Result<double>{0.0};
    if (fields[*rate].empty() || (mean && *mean == 0)) {
      continue;  // not measured
    }
    if (!mean || *mean < 0 || !spread || *spread < 0) {
      return fail(ErrorKind::Corrupt, "read '{}': row {}: '{}' is no throughput", path, row + 1,
                  fields[*rate]);
    }
    samples[fields[*type]].push_back(*mean);
    deviations[fields[*type]] = *spread;
  }
  std::map<std::string, policy::Throughput> rates;
  for (const auto& [name, all] : samples) {
    rates[name] = throughput_of(all);
    rates[name].deviation = deviation ? deviations[name] : rates[name].deviation;
  }
  return rates;
}

Result<std::map<std::string, Money>> read_on_demand(TextFiles& files, const std::string& path,
                                                    const std::string& region) {
  const auto table = read_csv(files, path);
  if (!table) {
    return tl::unexpected(table.error());
  }
  const auto type = column_of(*table, path, {"instance_type", "type"});
  const auto price =
      type ? column_of(*table, path,
                       {"price", "price_usd_hour", "usd_per_hour", "linux_ondemand_usd"})
           : type;
  if (!price) {
    return tl::unexpected(price.error());
  }
  const auto place = table->column("region");
  std::map<std::string, Money> prices;
  for (const auto& fields : table->rows) {
    const auto money = parse_real(fields[*price]);
    if (money && *money > 0 && (!place || fields[*place] == region)) {
      prices[fields[*type]] = Money::from_dollars(*money);
    }
  }
  return prices;
}

Result<MarketPrices> read_market(Environment& environment, const MarketSources& sources,
                                 const std::map<std::string, policy::Throughput>& performance) {
  Gathered gathered;
  for (const auto& path : sources.price_logs) {
    if (auto added = add_log(environment, path, performance, gathered); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (!sources.archive.empty()) {
    if (auto added = add_archive(environment, sources.archive, gathered); !added) {
      return tl::unexpected(added.error());
    }
  }
  if (!sources.lab.empty()) {
    if (auto added = add_lab(sources, gathered); !added) {
      return tl::unexpected(added.error());
    }
  }
  std::vector<TimePoint> firsts;
  for (auto& pool : gathered.pools) {
    firsts.push_back(pool.price.first_time());
    if (const auto found = performance.find(pool.type); found != performance.end()) {
      pool.measured = found->second;
    }
  }
  std::erase_if(gathered.pools, [](const MarketPool& pool) { return !pool.measured; });
  if (gathered.pools.empty()) {
    return tl::unexpected(
        Error{ErrorKind::NotFound, "no type whose throughput is known has a price",
              "`--performance` and `[performance]` say which types were measured"});
  }
  std::sort(firsts.begin(), firsts.end());
  const auto begin =
      firsts[static_cast<std::size_t>(kPriced * static_cast<double>(firsts.size() - 1))];
  return MarketPrices{std::move(gathered.pools), begin, gathered.end, std::move(gathered.region)};
}

Result<std::map<std::string, Money>> on_demand_prices(Environment& environment, const JobFile& job,
                                                      const std::optional<std::string>& path,
                                                      const std::string& region) {
  std::map<std::string, Money> prices;
  if (path) {
    auto read = read_on_demand(environment.world.text_files(), *path, region);
    if (!read) {
      return tl::unexpected(read.error());
    }
    prices = std::move(*read);
  } else {
    const auto data = lab::load_catalog_data();
    if (!data) {
      return tl::unexpected(data.error());
    }
    for (const auto& price : data->catalog->on_demand_prices) {
      if (price.region.text() == region) {
        prices[price.type.text()] = price.price_per_hour;
      }
    }
  }
  for (const auto& [type, price] : job.on_demand) {
    prices[type] = price;
  }
  return prices;
}

}  // namespace spotvane::cli
