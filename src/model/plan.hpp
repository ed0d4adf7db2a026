#pragma once

#include "base/time.hpp"
#include "model/outcome.hpp"
#include "model/placement_score.hpp"
#include "model/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spotvane::model {

/// The AWS credential a configuration is charged to: "default", or a profile's name.
using CredentialName = Named<struct CredentialTag>;

/// Why a configuration is in a plan.
enum class PlanReason : std::uint8_t {
  Exploit,  ///< among yesterday's highest daily scores
  Explore,  ///< drawn at random
};

/// "exploit", "explore".
std::string_view to_text(PlanReason reason);

/// One configuration of a day's plan.
struct PlannedQuery {
  ScoreQuery query;
  CredentialName credential;
  PlanReason reason = PlanReason::Explore;
  double value = 0.0;  ///< what the planner took it to be worth, in units of daily score
  bool is_new = true;  ///< counts against the quota; false: asked within 24 h, free to repeat
};

/// What a UTC day asks AWS for placement scores, every cycle alike.
struct DayPlan {
  Day day;
  std::uint64_t seed = 0;  ///< of the random draw
  int quota_known = 0;     ///< the limit the plan was made for; 0 where it was not known yet
  int quota_live = 0;      ///< configurations that counted against it when the plan was made
  int lower_bound = 0;     ///< no plan covers the same pools with fewer configurations
  std::vector<PlannedQuery> queries;
};

/// A configuration's use of a credential's quota.
struct LedgerEntry {
  CredentialName credential;
  std::string configuration;  ///< `configuration_key`
  TimePoint first_used;       ///< since it last lapsed
  TimePoint last_used;        ///< before the call: a call in doubt counts as made
  /// How the latest use ended. None: nobody knows (yet), so it counts; a refused one does not.
  std::optional<Outcome> outcome = {};
};

/// What has been learned of a credential's limit on new configurations in 24 h. Never assumed.
struct QuotaLimit {
  CredentialName credential;
  int largest_accepted = 0;  ///< configurations live at once, all accepted
  int refused_beyond = 0;    ///< a refusal came with this many live; 0: none came yet
  TimePoint refused_at = {};
};

/// A regional pool's volatility over one day.
struct DailyScore {
  RegionalPool pool;
  int sps_changes = 0;
  int band_changes = 0;
  double score = 0.0;  ///< sps_changes / 3 + band_changes / 5
};

/// A regional pool's volatility over an archive.
struct InitialScore {
  RegionalPool pool;
  double sps_cov = 0.0;  ///< coefficient of variation, sample standard deviation over mean
  double if_cov = 0.0;
  double score = 0.0;  ///< sps_cov * if_cov
};

}  // namespace spotvane::model
