#include "market/query_plan.hpp"

#include "base/assert.hpp"
#include "base/random.hpp"
#include "market/query_choice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <regex>
#include <set>
#include <tuple>
#include <unordered_map>

namespace spotvane::market {

namespace {

using Types = std::vector<model::InstanceType>;
using Pools = std::vector<model::RegionalPool>;

constexpr int kUnlimited = std::numeric_limits<int>::max() / 2;

/// Takes `count` of `pools` at random, each at most once.
Pools draw(Pools pools, std::size_t count, Random& random) {
  count = std::min(count, pools.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(pools[i], pools[i + random.below(pools.size() - i)]);
  }
  pools.resize(count);
  return pools;
}

class Planner {
 public:
  explicit Planner(const PlanInput& input) : input_{input} {
    for (const auto& offered : input.offered) {
      zones_.emplace(offered.pool, offered.zones);
    }
    if (input.options.types == TypeGrouping::Pool) {
      for (auto& group : interchangeable_types(input.facts, input.options.memory_factor)) {
        for (const auto& type : group) {
          group_of_.emplace(type, group);
        }
      }
    }
    for (const auto& offered : input.offered) {
      auto& regions = regions_of_[types_of(offered.pool.type)];
      auto& zones = regions[offered.pool.region];
      zones = std::max(zones, offered.zones);
    }
  }

  Result<model::DayPlan> plan();

 private:
  Types types_of(const model::InstanceType& type) const {
    const auto group = group_of_.find(type);
    return group == group_of_.end() ? Types{type} : group->second;
  }

  Pools to_exploit() const;
  Pools explorable(const std::regex& sizes) const;
  void add_candidate(const model::RegionalPool& pool, double value, model::PlanReason reason);
  std::vector<CredentialBudget> budgets() const;
  std::vector<model::PlannedQuery> choose();
  void fill_up(std::vector<model::PlannedQuery>& queries) const;
  int lower_bound(const std::vector<model::PlannedQuery>& queries);

  const PlanInput& input_;
  std::unordered_map<model::RegionalPool, int> zones_;
  std::unordered_map<model::InstanceType, Types> group_of_;
  std::map<Types, std::map<model::Region, int>> regions_of_;
  std::vector<Candidate> candidates_;
  std::map<std::pair<Types, model::Region>, std::size_t> candidate_of_;
  RegionPacker packer_;
};

Pools Planner::to_exploit() const {
  Pools pools;
  for (const auto& score : input_.yesterday) {
    if (static_cast<int>(pools.size()) < input_.options.top_k && score.score > 0.0 &&
        zones_.contains(score.pool)) {
      pools.push_back(score.pool);
    }
  }
  return pools;
}

Pools Planner::explorable(const std::regex& sizes) const {
  Pools pools;
  if (input_.initial.empty()) {
    for (const auto& offered : input_.offered) {
      pools.push_back(offered.pool);
    }
  }
  for (const auto& score : input_.initial) {
    const auto size = model::size(score.pool.type);
    if (zones_.contains(score.pool) && std::regex_search(size.begin(), size.end(), sizes)) {
      pools.push_back(score.pool);
    }
  }
  std::sort(pools.begin(), pools.end());
  pools.erase(std::unique(pools.begin(), pools.end()), pools.end());
  return pools;
}

void Planner::add_candidate(const model::RegionalPool& pool, double value,
                            model::PlanReason reason) {
  auto types = types_of(pool.type);
  const auto [known, is_new] = candidate_of_.try_emplace({types, pool.region}, candidates_.size());
  if (!is_new) {
    candidates_[known->second].value += value;
    return;
  }
  const int zones = regions_of_.at(types).at(pool.region);
  candidates_.push_back({std::move(types), pool.region, zones, value, reason});
}

std::vector<CredentialBudget> Planner::budgets() const {
  std::vector<CredentialBudget> all;
  for (const auto& quota : input_.quotas) {
    const int queries =
        quota.limit() == 0
            ? kUnlimited
            : std::max(1, static_cast<int>(std::floor(kDailyQuotaShare * quota.limit())));
    const auto& live = quota.live_configurations();
    all.push_back({quota.credential(),
                   queries,
                   std::min(quota.room(), kUnlimited),
                   {live.begin(), live.end()}});
  }
  return all;
}

std::vector<model::PlannedQuery> Planner::choose() {
  const QueryShape shape{input_.options.target_capacity, input_.options.single_zone};
  const auto covers_all = [&](const std::vector<model::PlannedQuery>& queries) {
    std::set<std::pair<Types, model::Region>> covered;
    for (const auto& planned : queries) {
      for (const auto& region : planned.query.regions) {
        covered.emplace(planned.query.types, region);
      }
    }
    return std::all_of(candidates_.begin(), candidates_.end(), [&](const Candidate& one) {
      return covered.contains({one.types, one.region});
    });
  };
  auto whole = budgets();
  auto queries = choose_queries(candidates_, shape, whole, packer_);
  if (covers_all(queries)) {
    return queries;
  }

  // Not enough for everything: first the exploited pools' share, then exploring, then what is left.
  std::vector<Candidate> exploit;
  std::vector<Candidate> explore;
  for (const auto& one : candidates_) {
    (one.reason == model::PlanReason::Exploit ? exploit : explore).push_back(one);
  }
  if (explore.empty()) {
    return queries;
  }
  auto left = budgets();
  auto first = left;
  const double share =
      static_cast<double>(exploit.size()) / static_cast<double>(candidates_.size());
  for (auto& budget : first) {
    budget.queries = std::max(1, static_cast<int>(std::lround(share * budget.queries)));
  }
  const auto begin = first;
  queries = choose_queries(exploit, shape, first, packer_);
  for (std::size_t i = 0; i < left.size(); ++i) {
    left[i].queries -= begin[i].queries - first[i].queries;
    left[i].new_configurations -= begin[i].new_configurations - first[i].new_configurations;
  }
  const auto add_rest = [&](std::vector<Candidate> rest) {
    std::erase_if(rest, [&](const Candidate& one) {
      return std::any_of(queries.begin(), queries.end(), [&](const model::PlannedQuery& planned) {
        const auto& regions = planned.query.regions;
        return planned.query.types == one.types &&
               std::find(regions.begin(), regions.end(), one.region) != regions.end();
      });
    });
    auto more = choose_queries(rest, shape, left, packer_);
    queries.insert(queries.end(), more.begin(), more.end());
  };
  // What was explored yesterday is free to repeat, but repeating alone would explore nothing.
  for (auto& budget : left) {
    budget.kept_for_new = std::min(budget.new_configurations, (budget.queries + 2) / 3);
  }
  add_rest(explore);
  add_rest(exploit);
  return queries;
}

void Planner::fill_up(std::vector<model::PlannedQuery>& queries) const {
  const QueryShape shape{input_.options.target_capacity, input_.options.single_zone};
  std::map<Types, std::set<model::Region>> asked;
  for (const auto& planned : queries) {
    asked[planned.query.types].insert(planned.query.regions.begin(), planned.query.regions.end());
  }
  for (auto& planned : queries) {
    if (!planned.is_new) {
      continue;
    }
    const auto& offered = regions_of_.at(planned.query.types);
    int room = kPlacesPerAnswer;
    for (const auto& region : planned.query.regions) {
      room -= places(shape, offered.at(region));
    }
    auto& of_types = asked[planned.query.types];
    std::vector<std::pair<int, model::Region>> others;
    for (const auto& [region, zones] : offered) {
      const int weight = places(shape, zones);
      if (weight <= room && !of_types.contains(region)) {
        others.emplace_back(-weight, region);  // the widest first
      }
    }
    std::sort(others.begin(), others.end());
    for (const auto& [weight, region] : others) {
      if (-weight <= room) {
        of_types.insert(region);
        planned.query.regions.push_back(region);
        room += weight;
      }
    }
    std::sort(planned.query.regions.begin(), planned.query.regions.end());
  }
}

int Planner::lower_bound(const std::vector<model::PlannedQuery>& queries) {
  const QueryShape shape{input_.options.target_capacity, input_.options.single_zone};
  std::map<Types, std::set<model::Region>> asked;
  for (const auto& planned : queries) {
    asked[planned.query.types].insert(planned.query.regions.begin(), planned.query.regions.end());
  }
  std::map<Types, std::vector<int>> weights;
  for (const auto& one : candidates_) {
    if (asked[one.types].contains(one.region)) {
      weights[one.types].push_back(places(shape, one.zones));
    }
  }
  int bound = 0;
  for (const auto& [types, of_types] : weights) {
    bound += packer_.fewest_bins(of_types);
  }
  return bound;
}

Result<model::DayPlan> Planner::plan() {
  if (input_.offered.empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound, "no pools are known to plan for",
                                "run `spotvane collect` first"});
  }
  if (input_.options.types == TypeGrouping::Pool && input_.facts.empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound,
                                "which instance types are interchangeable is not known here",
                                "`spotvane collect` asks AWS for it, and makes the day's plan"});
  }
  std::regex sizes;
  try {
    sizes = std::regex{input_.options.explore_sizes};
  } catch (const std::regex_error& error) {
    return fail(ErrorKind::InvalidInput, "bad expression '{}' for sizes to explore: {}",
                input_.options.explore_sizes, error.what());
  }

  const auto exploit = to_exploit();
  auto others = explorable(sizes);
  const std::set<model::RegionalPool> exploited(exploit.begin(), exploit.end());
  std::erase_if(others, [&](const auto& pool) { return exploited.contains(pool); });
  Random random{input_.seed};
  const auto explore =
      draw(std::move(others), static_cast<std::size_t>(std::max(0, input_.options.sample_count)),
           random);

  std::unordered_map<model::RegionalPool, double> score_of;
  double mean = 0.0;
  for (const auto& score : input_.yesterday) {
    score_of.emplace(score.pool, score.score);
    mean += score.score / static_cast<double>(input_.yesterday.size());
  }
  for (const auto& pool : exploit) {
    add_candidate(pool, score_of.at(pool), model::PlanReason::Exploit);
  }
  for (const auto& pool : explore) {
    add_candidate(pool, mean > 0.0 ? mean : 1.0, model::PlanReason::Explore);
  }

  model::DayPlan plan{.day = input_.day, .seed = input_.seed, .queries = choose()};
  plan.lower_bound = lower_bound(plan.queries);
  fill_up(plan.queries);
  bool is_known = true;
  for (const auto& quota : input_.quotas) {
    is_known = is_known && quota.limit() > 0;
    plan.quota_known += quota.limit();
    plan.quota_live += quota.live();
  }
  plan.quota_known = is_known ? plan.quota_known : 0;
  return plan;
}

}  // namespace

std::vector<Types> interchangeable_types(const std::vector<model::InstanceTypeFacts>& facts,
                                         double memory_factor) {
  using Kind = std::tuple<int, std::vector<std::string>, int>;
  std::map<Kind, std::vector<std::pair<std::int64_t, model::InstanceType>>> by_kind;
  for (const auto& fact : facts) {
    if (fact.offered_as_spot) {
      by_kind[{fact.vcpus, fact.architectures, fact.gpus}].emplace_back(fact.memory_mib, fact.type);
    }
  }
  std::vector<Types> groups;
  for (auto& [kind, types] : by_kind) {
    std::sort(types.begin(), types.end());
    for (std::size_t begin = 0, end = 0; begin < types.size(); begin = end) {
      const double most = static_cast<double>(types[begin].first) * memory_factor;
      Types group;
      for (end = begin; end < types.size() && static_cast<double>(types[end].first) <= most;
           ++end) {
        group.push_back(types[end].second);
      }
      end = std::max(end, begin + 1);
      if (group.size() >= 3) {
        std::sort(group.begin(), group.end());
        groups.push_back(std::move(group));
      }
    }
  }
  return groups;
}

Result<model::DayPlan> plan_day(const PlanInput& input) {
  SPOTVANE_ASSERT(!input.quotas.empty());
  return Planner{input}.plan();
}

}  // namespace spotvane::market
