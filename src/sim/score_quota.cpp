#include "sim/score_quota.hpp"

namespace spotvane::sim {

bool ScoreQuota::allow(const std::string& account, const std::string& configuration,
                       TimePoint now) {
  auto& uses = live_uses(account, now);
  if (!uses.contains(configuration) && uses.size() >= limit_) {
    return false;
  }
  uses[configuration] = now;
  return true;
}

std::size_t ScoreQuota::live(const std::string& account, TimePoint now) {
  return live_uses(account, now).size();
}

ScoreQuota::LastUses& ScoreQuota::live_uses(const std::string& account, TimePoint now) {
  auto& uses = accounts_[account];
  std::erase_if(uses, [now](const auto& use) { return now - use.second >= kMemory; });
  return uses;
}

}  // namespace spotvane::sim
