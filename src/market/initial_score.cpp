#include "market/initial_score.hpp"

#include <algorithm>
#include <cmath>
#include <regex>
#include <tuple>

namespace spotvane::market {

namespace {

__extension__ using Wide = __int128;

Result<std::optional<std::regex>> compile(const std::string& expression) {
  if (expression.empty()) {
    return std::nullopt;
  }
  try {
    return std::regex{expression};
  } catch (const std::regex_error& error) {
    return fail(ErrorKind::InvalidInput, "bad expression '{}' for sizes: {}", expression,
                error.what());
  }
}

bool matches(const std::regex& expression, std::string_view text) {
  return std::regex_search(text.begin(), text.end(), expression);
}

}  // namespace

Result<void> check(const SizeFilter& filter) {
  for (const auto& expression : {filter.include, filter.exclude}) {
    if (auto compiled = compile(expression); !compiled) {
      return tl::unexpected(std::move(compiled.error()));
    }
  }
  return {};
}

void VariationSums::add(const VariationSums& other) {
  count += other.count;
  sum += other.sum;
  sum_of_squares += other.sum_of_squares;
}

std::optional<double> VariationSums::coefficient() const {
  if (count < 2 || sum == 0) {
    return std::nullopt;
  }
  // Exact until here, and of 128 bits: years of rows square beyond 64.
  const auto spread = static_cast<double>(Wide{count} * sum_of_squares - Wide{sum} * sum);
  const auto n = static_cast<double>(count);
  return std::sqrt(spread / (n * (n - 1.0))) / (static_cast<double>(sum) / n);
}

std::vector<model::InitialScore> rank(std::vector<model::InitialScore> scores) {
  for (auto& one : scores) {
    one.score = one.sps_cov * one.if_cov;
  }
  std::erase_if(scores, [](const auto& one) { return one.score == 0.0; });
  std::sort(scores.begin(), scores.end(), [](const auto& a, const auto& b) {
    return std::tie(b.score, a.pool.region, a.pool.type) <
           std::tie(a.score, b.pool.region, b.pool.type);
  });
  return scores;
}

Result<InitialScoreResult> initial_scores(const std::vector<PoolVariation>& pools,
                                          const SizeFilter& filter) {
  const auto include = compile(filter.include);
  if (!include) {
    return tl::unexpected(include.error());
  }
  const auto exclude = compile(filter.exclude);
  if (!exclude) {
    return tl::unexpected(exclude.error());
  }
  InitialScoreResult result;
  for (const auto& [pool, sps_sums, interruption_sums] : pools) {
    const auto size = model::size(pool.type);
    if ((*include && !matches(**include, size)) || (*exclude && matches(**exclude, size))) {
      continue;
    }
    ++result.pools;
    const auto sps = sps_sums.coefficient();
    const auto interruption = interruption_sums.coefficient();
    if (!sps || !interruption) {
      ++result.too_few_rows;
    } else if (*sps * *interruption == 0.0) {
      ++result.steady;
    } else {
      result.scores.push_back({pool, *sps, *interruption, 0.0});
    }
  }
  result.scores = rank(std::move(result.scores));
  return result;
}

void PoolVariations::add(std::string_view type, std::string_view region, std::optional<int> sps,
                         std::optional<int> interruption_halves) {
  const model::RegionalPool pool{model::InstanceType{std::string{type}},
                                 model::Region{std::string{region}}};
  auto& variation = pools_.try_emplace(pool, PoolVariation{pool}).first->second;
  if (sps) {
    variation.sps.add(*sps);
  }
  if (interruption_halves) {
    variation.interruption.add(*interruption_halves);
  }
}

void PoolVariations::add(const PoolVariations& other) {
  for (const auto& [pool, more] : other.pools_) {
    auto& variation = pools_.try_emplace(pool, PoolVariation{pool}).first->second;
    variation.sps.add(more.sps);
    variation.interruption.add(more.interruption);
  }
}

std::vector<PoolVariation> PoolVariations::pools() const {
  std::vector<PoolVariation> all;
  for (const auto& [pool, variation] : pools_) {
    all.push_back(variation);
  }
  return all;
}

}  // namespace spotvane::market
