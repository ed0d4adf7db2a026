#pragma once

#include "base/time.hpp"
#include "model/plan.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace spotvane::market {

/// How long AWS counts a configuration after its last use.
inline constexpr Duration kConfigurationLife = std::chrono::hours{24};

/// How much longer we count it: our clock, AWS's clock and a slow call may disagree by that much.
inline constexpr Duration kQuotaSlack = std::chrono::minutes{10};

/// A refusal this old no longer says what the limit is: AWS may have raised it, or somebody else
/// may have used it up that day.
inline constexpr Duration kRefusalBelieved = std::chrono::days{90};

/// One credential's quota of configurations, learned from what AWS accepted and refused.
///
/// A value without effects: whoever asks AWS tells it first, and stores what it returns.
class Quota {
 public:
  /// `uses` are the ledger's of this credential, any order.
  Quota(model::QuotaLimit learned, const std::vector<model::LedgerEntry>& uses, TimePoint now);

  const model::CredentialName& credential() const { return learned_.credential; }
  const model::QuotaLimit& learned() const { return learned_; }

  /// The limit as far as known: no refusal came below it. 0 where none has come yet.
  int limit() const { return learned_.refused_beyond; }

  /// Configurations AWS counts at present, or may count.
  int live() const { return static_cast<int>(live_.size()); }
  const std::set<std::string>& live_configurations() const { return live_; }

  /// Whether asking this costs nothing.
  bool is_live(const std::string& configuration) const { return live_.contains(configuration); }

  /// New configurations that may be opened now: after a refusal none until one that is live lapses
  /// (where none is, for a day). While the limit is unknown: any number, one after the other, until
  /// one is refused.
  int room() const;

  /// The use to record before asking; the configuration counts from then on, whatever comes of it.
  model::LedgerEntry use(const std::string& configuration, TimePoint now);

  /// The latest use ended so, other than by being refused. Returns the ledger's entry to store;
  /// none where the configuration is not live (any more).
  std::optional<model::LedgerEntry> ended(const std::string& configuration, model::Outcome outcome);

  /// AWS answered a use. True if that taught something to be stored.
  bool accepted();

  /// AWS refused this configuration: it no longer counts, and what is live now is the limit.
  /// Returns the ledger's entry to store beside `learned`.
  model::LedgerEntry refused(const std::string& configuration, TimePoint now);

 private:
  model::QuotaLimit learned_;
  bool is_frozen_ = false;
  std::set<std::string> live_;
  std::map<std::string, model::LedgerEntry> entries_;  // of what is live
};

}  // namespace spotvane::market
