#pragma once

#include "base/time.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace spotvane::model {

/// How one request to a source ended. Exactly one holds, and none stands in for another.
enum class Outcome : std::uint8_t {
  Ok,
  Refused,           ///< by AWS's limit on new configurations
  Throttled,         ///< still, after all retries
  RegionNotEnabled,  ///< for this account
  NoScore,           ///< AWS answered, without a score for what was asked
  Denied,            ///< the credential is not accepted, or not for this
  Error,             ///< anything else; the note says what
};

inline constexpr std::array kOutcomes{
    Outcome::Ok,      Outcome::Refused, Outcome::Throttled, Outcome::RegionNotEnabled,
    Outcome::NoScore, Outcome::Denied,  Outcome::Error};

/// "ok", "refused", "throttled", "region_not_enabled", "no_score", "denied", "error".
std::string_view to_text(Outcome outcome);

/// What `to_text` wrote; `Outcome::Error` for anything else.
Outcome parse_outcome(std::string_view text);

/// What was asked of whom in a cycle, and how it ended.
struct SourceOutcome {
  TimePoint cycle;
  std::string source;  ///< "sps", "advisor", "spot_price", "on_demand_price", "credential"
  std::string asked;   ///< the configuration key, region, address or credential
  Outcome outcome = Outcome::Ok;
  std::string note = {};  ///< why, where it is not ok
};

}  // namespace spotvane::model
