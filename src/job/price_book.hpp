#pragma once

#include "model/job.hpp"
#include "model/price.hpp"

#include <map>
#include <optional>
#include <vector>

namespace spotvane::job {

/// What an hour costs in each pool, as far as it was told.
class PriceBook {
 public:
  void set_on_demand(const model::InstanceType& type, Money price);
  /// In any order; what is known already changes nothing.
  void add(const std::vector<model::SpotPrice>& changes);

  /// Before the first change that is known, as it was then; none where nothing is known.
  std::optional<Money> at(const model::WorkerPool& pool, TimePoint time) const;
  std::optional<Money> on_demand(const model::InstanceType& type) const;

  /// What an instance costs that ran all of [from, to), as EC2 bills it: by the second, a minute at
  /// least, each hour at the price that was in force as it began. Nothing where no price is known.
  double usd(const model::WorkerPool& pool, TimePoint from, TimePoint to) const;

 private:
  std::map<model::InstanceType, Money> on_demand_;
  std::map<model::WorkerPool, std::map<TimePoint, Money>> spot_;
};

/// How long an instance is billed for.
Duration billed_time(TimePoint from, TimePoint to);

}  // namespace spotvane::job
