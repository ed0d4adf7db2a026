#pragma once

#include "base/time.hpp"
#include "market/market_picture.hpp"
#include "model/plan.hpp"
#include "ports/cloud.hpp"
#include "ports/lake.hpp"
#include "ports/state_store.hpp"

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace spotvane::market {

/// How far a sweep of target capacities is.
struct SweepPlace {
  Day day;       ///< of the plan
  int capacity;  ///< asked for by the last cycle
};

/// What a collector knows from earlier cycles, and from the stores when it starts.
struct CollectorMemory {
  MarketPicture picture = {};
  TimePoint latest_cycle = {};
  AdvisorFeed advisor = {};                      ///< the latest, without its entries
  std::set<model::Region> advisor_regions = {};  ///< those whose entries the picture has
  model::CredentialName reader = {};  ///< who read the zones: accounts name them differently
  std::optional<Day> regions_read = {};
  std::set<model::Region> regions = {};  ///< to collect
  std::map<model::Region, Day> zones_read = {};
  std::map<model::Region, Day> on_demand_read = {};
  std::map<model::Region, TimePoint> prices_read = {};
  std::optional<SweepPlace> sweep_turn = {};
  bool is_doubtful = false;  ///< the last cycle failed: the stores may hold more than it knows
};

/// What a cycle read that need not be read again after a restart.
struct SourcesRead {
  bool has_new_advice = false;
  std::vector<model::AdvisedType> advised_types = {};
  std::map<model::Region, std::vector<model::Zone>> zones = {};
  std::vector<model::Region> on_demand = {};  ///< prices of the day, by region
  bool has_swept = false;                     ///< one capacity of several
};

/// Reads into `memory` where the stores say the market stands.
Result<void> remember(StateStore& state, Lake& lake, CollectorMemory& memory);

/// Keeps in the store what `read` says was read, and the market as it stands, for `remember` and
/// for whoever asks. Only once the cycle that read it is stored: else a crash would leave the word
/// that it is known, without what it was.
Result<void> save_notes(StateStore& state, const CollectorMemory& memory, const SourcesRead& read);

/// Makes the next start ask every source anew: for where the archive has lost what they last said.
Result<void> forget_notes(StateStore& state, const std::set<model::Region>& regions);

}  // namespace spotvane::market
