#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace spotvane::sim {

/// AWS's limit on placement score configurations: so many different ones within 24 h an account.
/// Asking one of them again is free and keeps it for another 24 h.
class ScoreQuota {
 public:
  static constexpr Duration kMemory = std::chrono::hours{24};

  explicit ScoreQuota(std::size_t limit) : limit_{limit} {}

  /// Whether `account` may ask `configuration` (a `model::configuration_key`) at `now`. A refused
  /// use leaves no trace. Time must not run backwards for an account.
  bool allow(const std::string& account, const std::string& configuration, TimePoint now);

  /// How many configurations count against the account's limit.
  std::size_t live(const std::string& account, TimePoint now);

  std::size_t limit() const { return limit_; }

 private:
  using LastUses = std::map<std::string, TimePoint>;  // by configuration

  LastUses& live_uses(const std::string& account, TimePoint now);

  std::size_t limit_;
  std::map<std::string, LastUses> accounts_;
};

}  // namespace spotvane::sim
