#include "market/pool_view.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
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
  /// A row by its place in `rows`, and what it is ranked by.
  struct Entry {
    double key;
    std::uint32_t row;
  };

  Ranking(const PoolQuestion& question, const std::vector<PoolRow>& rows)
      : order_{question.order}, sign_{question.is_reversed ? -1.0 : 1.0}, rows_{rows} {}

  std::vector<Entry> entries() const {
    std::vector<Entry> entries;
    entries.reserve(rows_.size());
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      const auto value = number(rows_[row]);
      entries.push_back({value ? sign_ * *value : std::numeric_limits<double>::infinity(), row});
    }
    return entries;
  }

  bool operator()(const Entry& left, const Entry& right) const {
    if (left.key != right.key) {
      return left.key < right.key;
    }
    const auto& a = rows_[left.row];
    const auto& b = rows_[right.row];
    if (const int named = compare_names(a.pool->pool, b.pool->pool); named != 0) {
      return sign_ * named < 0;
    }
    return std::make_tuple(-a.availability.total.value_or(-1), std::cref(a.pool->pool)) <
           std::make_tuple(-b.availability.total.value_or(-1), std::cref(b.pool->pool));
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
  const std::vector<PoolRow>& rows_;
};

/// Leaves of each type and region the row that comes first.
void keep_first_of_regions(std::vector<Ranking::Entry>& entries, const std::vector<PoolRow>& rows,
                           const Ranking& ranking) {
  using Regional = std::pair<std::string_view, std::string_view>;
  struct Hash {
    std::size_t operator()(const Regional& pool) const {
      return std::hash<std::string_view>{}(pool.first) * 31 +
             std::hash<std::string_view>{}(pool.second);
    }
  };
  std::unordered_map<Regional, std::size_t, Hash> places;
  places.reserve(entries.size());
  std::size_t count = 0;
  for (const auto& entry : entries) {
    const auto& pool = rows[entry.row].pool->pool;
    const auto [known, is_new] = places.try_emplace({pool.type.text(), pool.region.text()}, count);
    if (is_new) {
      entries[count++] = entry;
    } else if (ranking(entry, entries[known->second])) {
      entries[known->second] = entry;
    }
  }
  entries.resize(count);
}

PoolView in_order(const std::vector<PoolRow>& rows, const PoolQuestion& question) {
  const Ranking ranking{question, rows};
  auto entries = ranking.entries();
  if (!question.each_zone) {
    keep_first_of_regions(entries, rows, ranking);
  }
  PoolView view{.rows = {}, .found = entries.size()};
  const auto count = std::min(entries.size(), question.most.value_or(entries.size()));
  if (count < entries.size()) {
    std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(count),
                      entries.end(), ranking);
    entries.resize(count);
  } else {
    std::sort(entries.begin(), entries.end(), ranking);
  }
  view.rows.reserve(count);
  for (const auto& entry : entries) {
    view.rows.push_back(rows[entry.row]);
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
  std::vector<PoolRow> rows;
  for (const auto& one : pools) {
    const auto& verdict = choice.of(one.pool.type);
    if (!verdict.fits || !fits_place(one.pool, question) || !fits_state(one.state, question)) {
      continue;
    }
    const auto seen = own.empty() ? own.end() : own.find(one.pool);
    const auto score =
        availability(one.state, seen == own.end() ? std::nullopt : std::optional{seen->second});
    if (is_at_least(score.total, question.min_availability)) {
      rows.push_back({&one, verdict.facts, score});
    }
  }
  return in_order(rows, question);
}

}  // namespace spotvane::market
