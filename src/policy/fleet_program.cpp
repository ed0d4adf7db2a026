#include "policy/fleet_program.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <tuple>

namespace spotvane::policy {

namespace {

using Counts = std::vector<int>;

/// Branch and bound. A bound is the dual of the row of weights: with a price on weight, the best
/// whole numbers are found by taking the kinds in the order of what they then yield. The best price
/// is where two such choices, one within the limit and one beyond it, yield the same; it is found
/// by moving to the crossing of their lines until nothing lies above it.
class Search {
 public:
  explicit Search(const FleetProgram& program)
      : program_{program}, order_(program.kinds.size()), yield_(program.kinds.size()) {
    for (const auto& kind : program.kinds) {
      value_scale_ += std::abs(kind.value) * std::min(kind.most, program.nodes);
      weight_scale_ += std::abs(kind.weight) * std::min(kind.most, program.nodes);
    }
    limit_ = program.weight_limit + 1e-12 * (weight_scale_ + std::abs(program.weight_limit));
    // The sums' errors grow with what they are made of, and so must what counts as more.
    least_gain_ = 1e-12 * value_scale_;
  }

  std::optional<FleetCounts> run() {
    Counts low(program_.kinds.size(), 0);
    Counts high;
    for (const auto& kind : program_.kinds) {
      high.push_back(std::clamp(kind.most, 0, program_.nodes));
    }
    branch(low, high);
    if (!best_) {
      return std::nullopt;
    }
    return FleetCounts{*best_, best_value_, nodes_ < kMostNodes};
  }

 private:
  /// A choice at some price of weight.
  struct Choice {
    Counts counts = {};
    double value = 0;
    double weight = 0;
  };

  bool is_worth(double bound) const {
    return !best_ || bound > best_value_ + std::max(least_gain_, 1e-10 * std::abs(best_value_));
  }

  void offer(const Choice& choice) {
    if (choice.weight <= limit_ && (!best_ || choice.value > best_value_)) {
      best_ = choice.counts;
      best_value_ = choice.value;
    }
  }

  /// The best choice between the bounds where a unit of weight costs `price`; where `only_weight`,
  /// the lightest. None where `low` alone is too many.
  std::optional<Choice> choose(const Counts& low, const Counts& high, double price,
                               bool only_weight) {
    auto room = program_.nodes - std::accumulate(low.begin(), low.end(), 0);
    if (room < 0) {
      return std::nullopt;
    }
    const auto& kinds = program_.kinds;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      yield_[i] = (only_weight ? 0 : kinds[i].value) - price * kinds[i].weight;
    }
    order_.resize(0);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (yield_[i] > 0 && high[i] > low[i]) {
        order_.push_back(i);
      }
    }
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      return yield_[a] != yield_[b] ? yield_[a] > yield_[b] : a < b;
    });
    Choice choice{.counts = low};
    for (const auto i : order_) {
      const auto more = std::min(room, high[i] - low[i]);
      choice.counts[i] += more;
      room -= more;
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      choice.value += choice.counts[i] * kinds[i].value;
      choice.weight += choice.counts[i] * kinds[i].weight;
    }
    return choice;
  }

  void branch(Counts& low, Counts& high) {
    if (++nodes_ >= kMostNodes) {
      return;
    }
    auto beyond = choose(low, high, 0, false);
    if (!beyond) {
      return;
    }
    offer(*beyond);
    if (beyond->weight <= limit_) {
      return;  // as good as can be, the limit apart
    }
    auto within = choose(low, high, 1, true);
    offer(*within);
    if (within->weight > limit_ || !is_worth(beyond->value)) {
      return;
    }
    double bound = 0;
    for (;;) {
      const auto price =
          (beyond->value - within->value) / std::max(beyond->weight - within->weight, 1e-300);
      bound = within->value + price * (limit_ - within->weight);
      auto middle = choose(low, high, price, false);
      offer(*middle);
      const auto gained = middle->value + price * (limit_ - middle->weight);
      if (gained <= bound + least_gain_) {
        break;
      }
      (middle->weight <= limit_ ? within : beyond) = std::move(middle);
    }
    if (is_worth(bound)) {
      split(low, high, *within, *beyond);
    }
  }

  /// Where the two choices differ most, between them.
  void split(Counts& low, Counts& high, const Choice& within, const Choice& beyond) {
    std::size_t widest = 0;
    int width = 0;
    for (std::size_t i = 0; i < within.counts.size(); ++i) {
      if (const auto apart = std::abs(within.counts[i] - beyond.counts[i]); apart > width) {
        widest = i;
        width = apart;
      }
    }
    const auto a = within.counts[widest];
    const auto b = beyond.counts[widest];
    const auto share = (limit_ - within.weight) / std::max(beyond.weight - within.weight, 1e-300);
    const auto between = static_cast<int>(std::floor(a + share * (b - a)));
    const auto cut = std::clamp(between, std::min(a, b), std::max(a, b) - 1);
    const auto old_low = low[widest];
    const auto old_high = high[widest];
    // The side of the choice within the limit first: it is known to hold something.
    for (const auto is_lower : {a <= cut, a > cut}) {
      low[widest] = is_lower ? old_low : cut + 1;
      high[widest] = is_lower ? cut : old_high;
      branch(low, high);
      low[widest] = old_low;
      high[widest] = old_high;
    }
  }

  const FleetProgram& program_;
  std::vector<std::size_t> order_;
  std::vector<double> yield_;
  double value_scale_ = 0;
  double weight_scale_ = 0;
  double limit_ = 0;
  double least_gain_ = 0;
  std::optional<Counts> best_ = {};
  double best_value_ = 0;
  std::size_t nodes_ = 0;
};

/// The kinds that some best fleet is made of. A kind is of no use where a whole fleet can be made
/// of others that are worth at least as much and weigh at most as much: any one of it can be
/// swapped for one of those. Of equal kinds the first stays.
std::vector<std::size_t> useful_kinds(const FleetProgram& program) {
  const auto& kinds = program.kinds;
  std::vector<std::size_t> order(kinds.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto rank = [&](std::size_t i) {
      return std::tuple{kinds[i].weight, -kinds[i].value, i};
    };
    return rank(a) < rank(b);
  });
  std::vector<std::size_t> useful;
  for (const auto i : order) {
    std::int64_t better = 0;  // how many there are; what was left out is outdone by these, too
    for (const auto other : useful) {
      better += kinds[other].value >= kinds[i].value ? kinds[other].most : 0;
    }
    if (kinds[i].most > 0 && better < program.nodes) {
      useful.push_back(i);
    }
  }
  std::sort(useful.begin(), useful.end());
  return useful;
}

}  // namespace

std::optional<FleetCounts> solve(const FleetProgram& program) {
  const auto useful = useful_kinds(program);
  FleetProgram smaller{.kinds = {}, .weight_limit = program.weight_limit, .nodes = program.nodes};
  for (const auto i : useful) {
    smaller.kinds.push_back(program.kinds[i]);
  }
  auto found = Search{smaller}.run();
  if (found) {
    Counts counts(program.kinds.size(), 0);
    for (std::size_t i = 0; i < useful.size(); ++i) {
      counts[useful[i]] = found->counts[i];
    }
    found->counts = std::move(counts);
  }
  return found;
}

}  // namespace spotvane::policy
