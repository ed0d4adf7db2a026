#include "market/query_plan.hpp"

#include "base/assert.hpp"
#include "base/random.hpp"
#include "market/query_choice.hpp"
#include "market/type_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <regex>
#include <set>
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
  QueryShape shape() const;
  std::vector<ChosenQuery> choose();
  std::vector<ChosenQuery> choose(const QueryShape& shape);
  void fill_up(std::vector<ChosenQuery>& queries) const;
  int lower_bound(const std::vector<ChosenQuery>& queries);
  std::vector<model::PlannedQuery> planned(const std::vector<ChosenQuery>& chosen) const;

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

/// What to ask at: every capacity of the sweep where the limits hold two sweeps, else the target's.
QueryShape Planner::shape() const {
  const auto& options = input_.options;
  QueryShape shape{{options.target_capacity}, options.single_zone};
  std::int64_t limit = 0;
  for (const auto& quota : input_.quotas) {
    limit += quota.limit() == 0 ? kUnlimited : quota.limit();
  }
  std::int64_t queries = 0;
  for (const auto& budget : budgets()) {
    queries += budget.queries;
  }
  const auto sweep = static_cast<std::int64_t>(options.capacities.size());
  if (limit >= 2 * sweep && queries >= sweep) {
    std::copy_if(options.capacities.begin(), options.capacities.end(),
                 std::back_inserter(shape.capacities),
                 [&](int capacity) { return capacity != options.target_capacity; });
  }
  return shape;
}

std::vector<ChosenQuery> Planner::choose() {
  const auto whole = shape();
  auto queries = choose(whole);
  const bool is_sweep = whole.capacities.size() > 1;
  return queries.empty() && is_sweep
             ? choose({{input_.options.target_capacity}, input_.options.single_zone})
             : queries;
}

std::vector<ChosenQuery> Planner::choose(const QueryShape& shape) {
  const auto covers_all = [&](const std::vector<ChosenQuery>& queries) {
    std::set<std::pair<Types, model::Region>> covered;
    for (const auto& chosen : queries) {
      for (const auto& region : chosen.regions) {
        covered.emplace(chosen.types, region);
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
  const int sweep = static_cast<int>(shape.capacities.size());
  for (auto& budget : first) {
    const int part = static_cast<int>(std::lround(share * budget.queries));
    budget.queries = std::min(budget.queries, std::max(sweep, part));
  }
  const auto begin = first;
  queries = choose_queries(exploit, shape, first, packer_);
  for (std::size_t i = 0; i < left.size(); ++i) {
    left[i].queries -= begin[i].queries - first[i].queries;
    left[i].new_configurations -= begin[i].new_configurations - first[i].new_configurations;
  }
  const auto add_rest = [&](std::vector<Candidate> rest) {
    std::erase_if(rest, [&](const Candidate& one) {
      return std::any_of(queries.begin(), queries.end(), [&](const ChosenQuery& chosen) {
        return chosen.types == one.types && std::find(chosen.regions.begin(), chosen.regions.end(),
                                                      one.region) != chosen.regions.end();
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

void Planner::fill_up(std::vector<ChosenQuery>& queries) const {
  const QueryShape shape{{}, input_.options.single_zone};
  std::map<Types, std::set<model::Region>> asked;
  for (const auto& chosen : queries) {
    asked[chosen.types].insert(chosen.regions.begin(), chosen.regions.end());
  }
  for (auto& chosen : queries) {
    if (!chosen.is_all_new()) {
      continue;
    }
    const auto& offered = regions_of_.at(chosen.types);
    int room = kPlacesPerAnswer;
    for (const auto& region : chosen.regions) {
      room -= places(shape, offered.at(region));
    }
    auto& of_types = asked[chosen.types];
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
        chosen.regions.push_back(region);
        room += weight;
      }
    }
    std::sort(chosen.regions.begin(), chosen.regions.end());
  }
}

/// No way of asking about the same pools at as many capacities has fewer configurations.
int Planner::lower_bound(const std::vector<ChosenQuery>& queries) {
  const QueryShape shape{{}, input_.options.single_zone};
  std::map<Types, std::set<model::Region>> asked;
  for (const auto& chosen : queries) {
    asked[chosen.types].insert(chosen.regions.begin(), chosen.regions.end());
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
  return queries.empty() ? 0 : bound * static_cast<int>(queries.front().configurations.size());
}

std::vector<model::PlannedQuery> Planner::planned(const std::vector<ChosenQuery>& chosen) const {
  std::vector<model::PlannedQuery> queries;
  for (const auto& one : chosen) {
    for (const auto& configuration : one.configurations) {
      auto& planned = queries.emplace_back(
          model::PlannedQuery{.query = {.types = one.types,
                                        .target_capacity = configuration.capacity,
                                        .regions = one.regions,
                                        .single_zone = input_.options.single_zone},
                              .credential = configuration.credential,
                              .reason = one.reason,
                              .value = one.value,
                              .is_new = configuration.is_new});
      // What was chosen anew, or filled up, may happen to be live: then it stays with who paid.
      const auto key = configuration_key(planned.query);
      const auto payer =
          std::find_if(input_.quotas.begin(), input_.quotas.end(),
                       [&](const Quota& quota) { return planned.is_new && quota.is_live(key); });
      if (payer != input_.quotas.end()) {
        planned.credential = payer->credential();
        planned.is_new = false;
      }
    }
  }
  return queries;
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

  auto chosen = choose();
  model::DayPlan plan{.day = input_.day, .seed = input_.seed, .queries = {}};
  plan.lower_bound = lower_bound(chosen);
  fill_up(chosen);
  plan.queries = planned(chosen);
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

Result<model::DayPlan> plan_day(const PlanInput& input) {
  SPOTVANE_ASSERT(!input.quotas.empty());
  return Planner{input}.plan();
}

}  // namespace spotvane::market
