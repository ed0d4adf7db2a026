#include "market/query_choice.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <tuple>

namespace spotvane::market {

namespace {

using Types = std::vector<model::InstanceType>;

/// More configurations than anybody has: sums stop here.
constexpr int kMany = std::numeric_limits<int>::max() / 2;

/// The best that can be had of one set of types.
struct TypeOffer {
  std::vector<std::vector<std::size_t>> by_weight;  // candidates, best first
  struct Pick {
    double value = 0.0;
    std::vector<std::size_t> taken;  // how many of each weight
  };
  std::vector<Pick> picks;  // by number of configurations
};

/// Sorts the candidates of one set of types; of its picks only taking all of them is known.
TypeOffer make_offer(const std::vector<Candidate>& candidates, std::span<const std::size_t> members,
                     const QueryShape& shape, RegionPacker& packer) {
  TypeOffer offer{.by_weight = std::vector<std::vector<std::size_t>>(kPlacesPerAnswer + 1),
                  .picks = {}};
  std::vector<int> weights;
  for (const auto member : members) {
    weights.push_back(places(shape, candidates[member].zones));
    offer.by_weight[static_cast<std::size_t>(weights.back())].push_back(member);
  }
  for (auto& same : offer.by_weight) {
    std::stable_sort(same.begin(), same.end(), [&](std::size_t a, std::size_t b) {
      return candidates[a].value > candidates[b].value;
    });
  }

  offer.picks.resize(static_cast<std::size_t>(packer.fewest_bins(weights)) + 1);
  for (const auto& same : offer.by_weight) {
    offer.picks.back().taken.push_back(same.size());
  }
  return offer;
}

/// Finds the best pick for every number of configurations. Of regions with equal weight the best
/// ones are taken, so a pick is how many of each weight.
void list_picks(const std::vector<Candidate>& candidates, RegionPacker& packer, TypeOffer& offer) {
  std::vector<std::size_t> taken(offer.by_weight.size());
  const auto next_pick = [&] {
    for (std::size_t weight = 1; weight < taken.size(); ++weight) {
      if (++taken[weight] <= offer.by_weight[weight].size()) {
        return true;
      }
      taken[weight] = 0;
    }
    return false;
  };
  while (next_pick()) {
    std::vector<int> picked;
    double value = 0.0;
    for (std::size_t weight = 1; weight < taken.size(); ++weight) {
      picked.insert(picked.end(), taken[weight], static_cast<int>(weight));
      for (std::size_t i = 0; i < taken[weight]; ++i) {
        value += candidates[offer.by_weight[weight][i]].value;
      }
    }
    auto& best = offer.picks[static_cast<std::size_t>(packer.fewest_bins(picked))];
    if (value > best.value) {
      best = {value, taken};
    }
  }
  for (std::size_t bins = 1; bins < offer.picks.size(); ++bins) {
    if (offer.picks[bins].value < offer.picks[bins - 1].value) {
      offer.picks[bins] = offer.picks[bins - 1];
    }
  }
}

/// How many configurations each offer gets, for the greatest total value within `budget`.
std::vector<std::size_t> spend(const std::vector<TypeOffer>& offers, std::size_t budget) {
  std::vector<double> best(budget + 1);
  std::vector<std::vector<std::uint8_t>> chosen;
  for (const auto& offer : offers) {
    std::vector<double> with_offer = best;
    std::vector<std::uint8_t> choice(budget + 1);
    for (std::size_t total = 1; total <= budget; ++total) {
      for (std::size_t bins = 1; bins < offer.picks.size() && bins <= total; ++bins) {
        if (const double value = best[total - bins] + offer.picks[bins].value;
            value > with_offer[total]) {
          with_offer[total] = value;
          choice[total] = static_cast<std::uint8_t>(bins);
        }
      }
    }
    best = std::move(with_offer);
    chosen.push_back(std::move(choice));
  }
  std::vector<std::size_t> given(offers.size());
  for (std::size_t i = offers.size(), left = budget; i > 0; --i) {
    given[i - 1] = chosen[i - 1][left];
    left -= given[i - 1];
  }
  return given;
}

/// New configurations that a credential may still open.
int room(const CredentialBudget& budget) {
  return std::max(0, std::min(budget.queries, budget.new_configurations));
}

bool covers(const std::vector<model::Region>& regions, const model::Region& region) {
  return std::find(regions.begin(), regions.end(), region) != regions.end();
}

class Chooser {
 public:
  Chooser(const std::vector<Candidate>& candidates, const QueryShape& shape,
          std::vector<CredentialBudget>& budgets, RegionPacker& packer)
      : candidates_{candidates},
        shape_{shape},
        budgets_{budgets},
        packer_{packer},
        is_covered_(candidates.size()) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      by_types_[candidates[i].types].push_back(i);
    }
    find_repeats();
  }

  std::vector<ChosenQuery> choose() {
    repeat_live();
    open_new();
    for (auto& budget : budgets_) {
      budget.kept_for_new = 0;
    }
    repeat_live();
    std::stable_sort(queries_.begin(), queries_.end(),
                     [](const auto& a, const auto& b) { return a.value > b.value; });
    return std::move(queries_);
  }

 private:
  using TypesAndRegions = std::pair<Types, std::vector<model::Region>>;
  using Payers = std::map<int, std::size_t>;  // by capacity, the place of its budget

  void find_repeats();
  double uncovered_value(const TypesAndRegions& asked) const;
  bool can_pay(const Payers& payers) const;
  void repeat_live();
  void open_new();
  void add(const TypesAndRegions& asked, const Payers& payers);
  CredentialBudget& widest();

  const std::vector<Candidate>& candidates_;
  const QueryShape& shape_;
  std::vector<CredentialBudget>& budgets_;
  RegionPacker& packer_;
  std::vector<bool> is_covered_;
  std::map<Types, std::vector<std::size_t>> by_types_;
  std::map<TypesAndRegions, Payers> repeats_;  // what is live, as far as this shape asks for it
  std::vector<ChosenQuery> queries_;
};

void Chooser::find_repeats() {
  const auto& capacities = shape_.capacities;
  for (std::size_t budget = 0; budget < budgets_.size(); ++budget) {
    for (const auto& key : budgets_[budget].live_configurations) {
      auto query = model::parse_configuration_key(key);
      if (query && query->unit == model::CapacityUnit::Units &&
          query->single_zone == shape_.single_zone && by_types_.contains(query->types) &&
          std::find(capacities.begin(), capacities.end(), query->target_capacity) !=
              capacities.end()) {
        repeats_[{std::move(query->types), std::move(query->regions)}].emplace(
            query->target_capacity, budget);
      }
    }
  }
}

double Chooser::uncovered_value(const TypesAndRegions& asked) const {
  double value = 0.0;
  for (const auto i : by_types_.at(asked.first)) {
    value +=
        !is_covered_[i] && covers(asked.second, candidates_[i].region) ? candidates_[i].value : 0.0;
  }
  return value;
}

/// Whether every capacity can be asked, by who paid for it or as a new configuration.
bool Chooser::can_pay(const Payers& payers) const {
  std::vector<int> repeats(budgets_.size());
  for (const auto& [capacity, budget] : payers) {
    ++repeats[budget];
  }
  int left_for_new = 0;
  for (std::size_t i = 0; i < budgets_.size(); ++i) {
    auto after = budgets_[i];
    after.queries -= repeats[i];
    if (repeats[i] > 0 && after.queries < after.kept_for_new) {
      return false;
    }
    left_for_new = std::min(kMany, left_for_new + room(after));
  }
  return left_for_new >= static_cast<int>(shape_.capacities.size() - payers.size());
}

CredentialBudget& Chooser::widest() {
  return *std::max_element(budgets_.begin(), budgets_.end(),
                           [](const auto& a, const auto& b) { return room(a) < room(b); });
}

void Chooser::add(const TypesAndRegions& asked, const Payers& payers) {
  auto& chosen = queries_.emplace_back();
  std::tie(chosen.types, chosen.regions) = asked;
  for (const auto i : by_types_.at(asked.first)) {
    if (!is_covered_[i] && covers(asked.second, candidates_[i].region)) {
      is_covered_[i] = true;
      chosen.value += candidates_[i].value;
      if (candidates_[i].reason == model::PlanReason::Exploit) {
        chosen.reason = model::PlanReason::Exploit;
      }
    }
  }
  for (const auto& [capacity, budget] : payers) {
    --budgets_[budget].queries;
  }
  for (const int capacity : shape_.capacities) {
    const auto payer = payers.find(capacity);
    if (payer != payers.end()) {
      chosen.configurations.push_back({capacity, budgets_[payer->second].credential, false});
    } else {
      auto& budget = widest();
      --budget.queries;
      --budget.new_configurations;
      chosen.configurations.push_back({capacity, budget.credential, true});
    }
  }
}

void Chooser::repeat_live() {
  struct Repeat {
    const TypesAndRegions* asked;
    const Payers* payers;
    double value;
  };
  std::vector<Repeat> repeats;
  for (const auto& [asked, payers] : repeats_) {
    if (const double value = uncovered_value(asked); value > 0.0) {
      repeats.push_back({&asked, &payers, value});
    }
  }
  std::stable_sort(repeats.begin(), repeats.end(),
                   [](const Repeat& a, const Repeat& b) { return a.value > b.value; });
  for (const auto& repeat : repeats) {
    if (can_pay(*repeat.payers) && uncovered_value(*repeat.asked) > 0.0) {
      add(*repeat.asked, *repeat.payers);
    }
  }
}

void Chooser::open_new() {
  std::vector<TypeOffer> offers;
  for (const auto& [types, members] : by_types_) {
    std::vector<std::size_t> open;
    std::copy_if(members.begin(), members.end(), std::back_inserter(open),
                 [&](std::size_t i) { return !is_covered_[i]; });
    offers.push_back(make_offer(candidates_, open, shape_, packer_));
  }
  std::size_t configurations = 0;
  for (const auto& budget : budgets_) {
    configurations += static_cast<std::size_t>(room(budget));
  }
  const auto total = configurations / shape_.capacities.size();

  std::vector<std::size_t> given;
  for (const auto& offer : offers) {
    given.push_back(offer.picks.size() - 1);
  }
  if (std::accumulate(given.begin(), given.end(), std::size_t{0}) > total) {
    for (auto& offer : offers) {
      list_picks(candidates_, packer_, offer);
    }
    given = spend(offers, total);
  }
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const auto& pick = offers[i].picks[given[i]];
    std::vector<std::size_t> members;
    std::vector<int> weights;
    for (std::size_t weight = 1; weight < pick.taken.size(); ++weight) {
      const auto& same = offers[i].by_weight[weight];
      members.insert(members.end(), same.begin(),
                     same.begin() + static_cast<std::ptrdiff_t>(pick.taken[weight]));
      weights.insert(weights.end(), pick.taken[weight], static_cast<int>(weight));
    }
    for (const auto& bin : packer_.pack(weights).bins) {
      TypesAndRegions asked{candidates_[members[bin.front()]].types, {}};
      for (const auto index : bin) {
        asked.second.push_back(candidates_[members[index]].region);
      }
      std::sort(asked.second.begin(), asked.second.end());
      add(asked, {});
    }
  }
}

}  // namespace

int places(const QueryShape& shape, int zones) {
  return shape.single_zone ? std::clamp(zones, 1, kPlacesPerAnswer) : 1;
}

bool ChosenQuery::is_all_new() const {
  return std::all_of(configurations.begin(), configurations.end(),
                     [](const Configuration& one) { return one.is_new; });
}

std::vector<ChosenQuery> choose_queries(const std::vector<Candidate>& candidates,
                                        const QueryShape& shape,
                                        std::vector<CredentialBudget>& budgets,
                                        RegionPacker& packer) {
  return Chooser{candidates, shape, budgets, packer}.choose();
}

}  // namespace spotvane::market
