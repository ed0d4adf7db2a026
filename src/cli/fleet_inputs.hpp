#pragma once

#include "cli/command.hpp"
#include "cli/job_file.hpp"
#include "replay/fleet_market.hpp"
#include "replay/price_log.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Where a simulated fleet's market comes from; one of them at least.
struct MarketSources {
  std::vector<std::string> price_logs = {};
  std::vector<std::string> archive = {};  ///< TYPE@PLACE each
  std::vector<std::string> lab = {};      ///< TYPE@REGION each
  std::uint64_t lab_seed = 1;
  int lab_days = 30;
};

/// Throughputs out of CSV: the columns instance_type and `column`, each row a sample; where there
/// is a column deviation, that beside it. Types with a mean of zero are left out. Fails with
/// `InvalidInput` or `Corrupt`, naming the file.
Result<std::map<std::string, policy::Throughput>> read_performance(TextFiles& files,
                                                                   const std::string& path,
                                                                   const std::string& column);

/// On-demand prices out of CSV: instance_type, a price column (price, price_usd_hour or
/// usd_per_hour) and, where there is one, region.
Result<std::map<std::string, Money>> read_on_demand(TextFiles& files, const std::string& path,
                                                    const std::string& region);

/// The prices of the market, each source's faults told.
struct MarketPrices {
  std::vector<replay::MarketPool> pools;  ///< of spot
  TimePoint begin;
  TimePoint end;
  std::string region;  ///< of the first pool
};

/// Reads all sources, of types in `performance` only. Fails as the sources do, and with `NotFound`
/// where no such type has a price.
Result<MarketPrices> read_market(Environment& environment, const MarketSources& sources,
                                 const std::map<std::string, policy::Throughput>& performance);

/// What on-demand costs: by the job's file, by `path`, else as the catalog the program carries has
/// it.
Result<std::map<std::string, Money>> on_demand_prices(Environment& environment, const JobFile& job,
                                                      const std::optional<std::string>& path,
                                                      const std::string& region);

/// "us-east-1" of "us-east-1a".
std::string region_of_zone(std::string_view zone);

}  // namespace spotvane::cli
