#pragma once

#include "policy/budget.hpp"

#include <bitset>
#include <string>

namespace spotvane::policy {

/// What the founding program did wrong, each to be switched on by its name.
enum class FoundingDefect : std::uint8_t {
  ZeroBatch,        ///< "zero-batch": a batch is nodes / 5, nothing below five nodes
  MissingPrice,     ///< "missing-price": a price not known is -1, and its volume is added
  UnreportedFails,  ///< "unreported-fails": a worker without a report is below target at once
  SilentRaise,      ///< "silent-raise": a budget too small grows by a tenth, and again
  HardCoded,        ///< "hard-coded": us-east-1 only, and no p3.2xlarge
  LivePrices,       ///< "live-prices": a simulation's prices are those of the log's end
  ManagerRow,       ///< "manager-row": a column of the manager's measurements is taken for a row
  MutatedList,      ///< "mutated-list": after a loss the next worker is left out of the account
  FailuresPerStep,  ///< "failures-per-step": workers fail by the step, however long it is
};
inline constexpr std::size_t kFoundingDefects = 9;

using FoundingDefects = std::bitset<kFoundingDefects>;

inline bool has(const FoundingDefects& defects, FoundingDefect defect) {
  return defects[static_cast<std::size_t>(defect)];
}

/// "zero-batch", say.
std::string_view to_text(FoundingDefect defect);

/// One defect by its name, or "all". Fails with `InvalidInput`, naming the nearest.
Result<FoundingDefects> founding_defects(std::string_view name);
std::vector<std::string> founding_defect_names();

/// The founding program's: workers must do more tasks a dollar, cautiously, than the rest of the
/// budget asks for; the fastest such types are launched.
///
/// The defects of its simulator (from `LivePrices` on) are the simulator's to show.
class CloudPits final : public FleetPolicy {
 public:
  struct Options {
    int patience = 1;  ///< looks below target until a worker is ended
    double caution = 1;
    Money volume = {};  ///< of a worker's hour; only `MissingPrice` asks
    OnShortfall on_shortfall = {};
    FoundingDefects defects = {};
  };
  explicit CloudPits(Options options);

  FleetDecision decide(const FleetJob& job, const FleetObservation& seen, FleetMemory& memory,
                       Duration now) const override;

 private:
  struct Candidate {
    std::size_t pool;
    double rate;
  };
  std::optional<Money> price_of(const FleetPool& pool) const;
  std::vector<Candidate> candidates(const FleetObservation& seen, double target) const;
  std::vector<Ending> endings(const FleetJob& job, const FleetObservation& seen,
                              FleetMemory& memory, double target) const;
  /// Nothing is worth its price and nobody works: a job that has not begun stops, one that has goes
  /// on as cheaply as can be. `open` is what is seen, with every pool's room.
  FleetDecision without_candidates(const Budget& budget, const FleetJob& job,
                                   const FleetObservation& seen,
                                   const FleetObservation& open) const;

  Options options_;
};

}  // namespace spotvane::policy
