#include "support/advisor_pools.hpp"

#include <fstream>
#include <map>
#include <sstream>

namespace spotvane::support {

namespace {

int zone_count(const std::string& region) {
  static const std::map<std::string, int> kUnusual{
      {"us-east-1", 6}, {"us-west-2", 4}, {"ap-northeast-2", 4}, {"us-west-1", 2}};
  const auto found = kUnusual.find(region);
  return found == kUnusual.end() ? 3 : found->second;
}

}  // namespace

std::vector<AdvisorPool> advisor_pools() {
  std::ifstream file{SPOTVANE_SOURCE_DIR "/tests/data/advisor_linux_pairs_2025-06-28.csv"};
  std::vector<AdvisorPool> pools;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto comma = line.find(',');
    std::istringstream regions{line.substr(comma + 1)};
    for (std::string region; regions >> region;) {
      pools.push_back({line.substr(0, comma), region, zone_count(region)});
    }
  }
  return pools;
}

std::vector<std::vector<int>> advisor_zone_counts() {
  std::map<std::string, std::vector<int>> counts;
  for (const auto& pool : advisor_pools()) {
    counts[pool.instance_type].push_back(pool.zones);
  }
  std::vector<std::vector<int>> all;
  for (auto& [type, zones] : counts) {
    all.push_back(std::move(zones));
  }
  return all;
}

}  // namespace spotvane::support
