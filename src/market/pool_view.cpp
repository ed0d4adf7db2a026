#include "market/pool_view.hpp"

#include <algorithm>
#include <limits>
#include <regex>
#include <string_view>
#include <tuple>
#include <utility>

namespace spotvane::market {

namespace {

template <typename Value, typename Bound>
bool is_at_least(const std::optional<Value>& value, const std::optional<Bound>& bound) {
  return !bound || (value && *value >= *bound);
}

template <typename Value, typename Bound>
bool is_at_most(const std::optional<Value>& value, const std::optional<Bound>& bound) {
  return !bound || (value && *value <= *bound);
}

/// What a question says of each type, found once.
class TypeChoice {
 public:
  struct Verdict {
    const model::AdvisedType* facts = nullptr;
    bool fits = false;
  };

  TypeChoice(std::span<const model::AdvisedType> types, const PoolQuestion& question,
             std::regex expression)
      : question_{question}, expression_{std::move(expression)} {
    for (const auto& type : types) {
      facts_.emplace(type.type.text(), &type);
    }
  }

  const Verdict& of(const model::InstanceType& type) {
    if (latest_ == nullptr || latest_->first != type.text()) {
      const auto [known, is_new] = verdicts_.try_emplace(type.text());
      if (is_new) {
        known->second = judge(type);
      }
      latest_ = &*known;  // pools of a type often come together
    }
    return latest_->second;
  }

 private:
  Verdict judge(const model::InstanceType& type) const {
    const auto found = facts_.find(type.text());
    const auto* facts = found == facts_.end() ? nullptr : found->second;
    const auto vcpus = facts != nullptr ? std::optional{facts->vcpus} : std::nullopt;
    const auto memory = facts != nullptr ? std::optional{facts->memory_gib} : std::nullopt;
    const bool fits = is_at_least(vcpus, question_.min_vcpus) &&
                      is_at_most(vcpus, question_.max_vcpus) &&
                      is_at_least(memory, question_.min_memory_gib) &&
                      is_at_most(memory, question_.max_memory_gib) &&
                      (question_.type.empty() || std::regex_search(type.text(), expression_));
    return {facts, fits};
  }

  const PoolQuestion& question_;
  std::regex expression_;
  std::unordered_map<std::string_view, const model::AdvisedType*> facts_;
  std::unordered_map<std::string_view, Verdict> verdicts_;
  const std::pair<const std::string_view, Verdict>* latest_ = nullptr;
};

bool fits_place(const model::Pool& pool, const PoolQuestion& question) {
  return (question.regions.empty() || question.regions.contains(pool.region)) &&
         (question.zones.empty() || question.zones.contains(pool.zone));
}

bool fits_state(const model::MarketState& state, const PoolQuestion& question) {
  return is_at_most(state.spot_price, question.max_price) &&
         is_at_least(state.savings, question.min_savings) &&
         is_at_most(state.band, question.max_band) && is_at_least(state.sps, question.min_sps);
}

/// Puts rows in order: by a number, least first, or by a name.
class Ranking {
 public:
  explicit Ranking(const PoolQuestion& question)
      : order_{question.order}, sign_{question.is_reversed ? -1.0 : 1.0} {}

  struct Entry {
    double key;
    PoolRow row;
  };

  Entry entry(const PoolRow& row) const {
    const auto value = number(row);
    return {value ? sign_ * *value : std::numeric_limits<double>::infinity(), row};
  }

  bool operator()(const Entry& left, const Entry& right) const {
    if (left.key != right.key) {
      return left.key < right.key;
    }
    const auto& a = left.row.pool->pool;
    const auto& b = right.row.pool->pool;
    if (const int named = compare_names(a, b); named != 0) {
      return sign_ * named < 0;
    }
    return std::make_tuple(-left.row.availability.total.value_or(-1), std::cref(a)) <
           std::make_tuple(-right.row.availability.total.value_or(-1), std::cref(b));
  }

 private:
  std::optional<double> number(const PoolRow& row) const {
    const auto real = [](const auto& value, double sign) {
      return value ? std::optional{sign * static_cast<double>(*value)} : std::nullopt;
    };
    const auto& state = row.pool->state;
    switch (order_) {
      case PoolOrder::Type:
      case PoolOrder::Region:
        return 0;
      case PoolOrder::Availability:
        return real(row.availability.total, -1);
      case PoolOrder::Price:
        return state.spot_price ? std::optional{state.spot_price->dollars()} : std::nullopt;
      case PoolOrder::Savings:
        return real(state.savings, -1);
      case PoolOrder::Band:
        return real(state.band, 1);
      case PoolOrder::PlacementScore:
        return real(state.sps, -1);
    }
    return std::nullopt;
  }

  int compare_names(const model::Pool& a, const model::Pool& b) const {
    return order_ == PoolOrder::Type     ? a.type.text().compare(b.type.text())
           : order_ == PoolOrder::Region ? a.region.text().compare(b.region.text())
                                         : 0;
  }

  PoolOrder order_;
  double sign_;
};

/// Leaves of each type and region the row that comes first.
void keep_first_of_regions(std::vector<Ranking::Entry>& entries, const Ranking& ranking) {
  struct Hash {
    std::size_t operator()(const std::pair<std::string_view, std::string_view>& pool) const {
      return std::hash<std::string_view>{}(pool.first) * 31 +
             std::hash<std::string_view>{}(pool.second);
    }
  };
  std::unordered_map<std::pair<std::string_view, std::string_view>, std::size_t, Hash> places;
  places.reserve(entries.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& pool = entries[i].row.pool->pool;
    const auto [known, is_new] = places.try_emplace({pool.type.text(), pool.region.text()}, count);
    if (is_new) {
      entries[count++] = entries[i];
    } else if (ranking(entries[i], entries[known->second])) {
      entries[known->second] = entries[i];
    }
  }
  entries.resize(count, {0.0, {nullptr, nullptr, {}}});
}

PoolView in_order(std::vector<Ranking::Entry> entries, const PoolQuestion& question,
                  const Ranking& ranking) {
  PoolView view{.rows = {}, .found = entries.size()};
  const auto count = std::min(entries.size(), question.most.value_or(entries.size()));
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(entries.begin(), end, entries.end(), ranking);
  view.rows.reserve(count);
  for (auto entry = entries.begin(); entry != end; ++entry) {
    view.rows.push_back(entry->row);
  }
  return view;
}

}  // namespace

Result<PoolView> view_pools(std::span<const model::PoolState> pools,
                            std::span<const model::AdvisedType> types, const PoolQuestion& question,
                            const OwnOutcomesByPool& own) {
  std::regex expression;
  try {
    expression = std::regex{question.type};
  } catch (const std::regex_error& error) {
    return fail(ErrorKind::InvalidInput, "'{}' is no regular expression: {}", question.type,
                error.what());
  }
  TypeChoice choice{types, question, std::move(expression)};
  const Ranking ranking{question};
  std::vector<Ranking::Entry> entries;
  for (const auto& one : pools) {
    const auto& verdict = choice.of(one.pool.type);
    if (!verdict.fits || !fits_place(one.pool, question) || !fits_state(one.state, question)) {
      continue;
    }
    const auto seen = own.empty() ? own.end() : own.find(one.pool);
    const auto score =
        availability(one.state, seen == own.end() ? std::nullopt : std::optional{seen->second});
    if (is_at_least(score.total, question.min_availability)) {
      entries.push_back(ranking.entry({&one, verdict.facts, score}));
    }
  }
  if (!question.each_zone) {
    keep_first_of_regions(entries, ranking);
  }
  return in_order(std::move(entries), question, ranking);
}

}  // namespace spotvane::market
