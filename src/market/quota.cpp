#include "market/quota.hpp"

#include <algorithm>
#include <limits>

namespace spotvane::market {

Quota::Quota(model::QuotaLimit learned, const std::vector<model::LedgerEntry>& uses, TimePoint now)
    : learned_{std::move(learned)} {
  if (learned_.refused_beyond > 0 && now - learned_.refused_at > kRefusalBelieved) {
    learned_.refused_beyond = 0;
  }
  for (const auto& use : uses) {
    if (use.outcome != model::Outcome::Refused &&
        now - use.last_used < kConfigurationLife + kQuotaSlack) {
      live_.insert(use.configuration);
      entries_.emplace(use.configuration, use);
    }
  }
  is_frozen_ =
      live_.empty() && limit() > 0 && now - learned_.refused_at < kConfigurationLife + kQuotaSlack;
}

int Quota::room() const {
  if (is_frozen_) {
    return 0;
  }
  if (limit() == 0) {
    return std::numeric_limits<int>::max();
  }
  return std::max(0, limit() - live());
}

model::LedgerEntry Quota::use(const std::string& configuration, TimePoint now) {
  live_.insert(configuration);
  auto& entry =
      entries_
          .try_emplace(configuration, model::LedgerEntry{.credential = learned_.credential,
                                                         .configuration = configuration,
                                                         .first_used = now,
                                                         .last_used = now})
          .first->second;
  entry.last_used = now;
  entry.outcome.reset();
  return entry;
}

std::optional<model::LedgerEntry> Quota::ended(const std::string& configuration,
                                               model::Outcome outcome) {
  const auto known = entries_.find(configuration);
  if (known == entries_.end()) {
    return std::nullopt;
  }
  known->second.outcome = outcome;
  return known->second;
}

bool Quota::accepted() {
  if (live() <= learned_.largest_accepted) {
    return false;
  }
  learned_.largest_accepted = live();
  return true;
}

model::LedgerEntry Quota::refused(const std::string& configuration, TimePoint now) {
  auto entry = use(configuration, now);
  entry.outcome = model::Outcome::Refused;
  live_.erase(configuration);
  entries_.erase(configuration);

  const int accepted = std::max(1, live());
  learned_.refused_beyond = limit() == 0 ? accepted : std::min(limit(), accepted);
  learned_.largest_accepted = std::min(learned_.largest_accepted, learned_.refused_beyond);
  learned_.refused_at = now;
  is_frozen_ = live_.empty();
  return entry;
}

}  // namespace spotvane::market
