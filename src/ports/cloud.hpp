#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/advisor.hpp"
#include "model/placement_score.hpp"
#include "model/pool.hpp"
#include "model/price.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spotvane {

/// How an answer that takes its time comes back: once, on the loop's thread, never from inside the
/// call.
template <typename T>
using On = std::function<void(Result<T>)>;

/// The spot price changes to read.
struct SpotPriceQuery {
  model::Region region;
  TimePoint from;  ///< AWS adds each pool's last change before it
  TimePoint to;
  std::vector<model::InstanceType> types = {};  ///< empty: all
  std::vector<std::string> products = {};       ///< empty: all; "Linux/UNIX"
};

/// EC2 as far as the market part asks it. Every answer is complete: all pages were read.
class Ec2 {
 public:
  virtual ~Ec2() = default;

  /// Every region AWS has, and whether the account has it enabled.
  virtual void describe_regions(On<std::vector<model::RegionStatus>> on_regions) = 0;

  /// The region's availability zones (no local or wavelength zones).
  virtual void describe_availability_zones(model::Region region,
                                           On<std::vector<model::Zone>> on_zones) = 0;

  virtual void describe_instance_types(model::Region region,
                                       On<std::vector<model::InstanceTypeFacts>> on_types) = 0;

  /// Which type is offered in which zone of the region.
  virtual void describe_instance_type_offerings(model::Region region,
                                                On<std::vector<model::Offering>> on_offerings) = 0;

  /// At most ten places, best first; AWS leaves the rest out.
  /// `QuotaExceeded`: refused as one new configuration too many.
  virtual void get_spot_placement_scores(model::ScoreQuery query,
                                         On<std::vector<model::PlacementScore>> on_scores) = 0;

  virtual void describe_spot_price_history(SpotPriceQuery query,
                                           On<std::vector<model::SpotPrice>> on_prices) = 0;
};

/// The Spot Advisor's feed, or word that it is still the one already known.
struct AdvisorFeed {
  bool is_unchanged = false;
  std::string etag;
  std::string last_modified;
  std::vector<model::AdvisorEntry> entries;
  std::vector<model::AdvisedType> types = {};
  std::size_t bad_rows = 0;  ///< entries left out because they made no sense
};

/// Where the Spot Advisor's data is published.
class Advisor {
 public:
  virtual ~Advisor() = default;

  /// Asks conditionally where `known` carries an etag or a date of an earlier answer.
  virtual void fetch(const AdvisorFeed& known, On<AdvisorFeed> on_feed) = 0;
};

/// AWS's price list.
class PriceList {
 public:
  virtual ~PriceList() = default;

  /// On-demand prices of the region: Linux, shared tenancy, no licence.
  virtual void on_demand_prices(model::Region region,
                                On<std::vector<model::OnDemandPrice>> on_prices) = 0;
};

/// Whose credentials are in use.
struct CallerIdentity {
  std::string account;
  std::string arn;
};

class Identity {
 public:
  virtual ~Identity() = default;
  virtual void get_caller_identity(On<CallerIdentity> on_identity) = 0;
};

/// How a connection was set up: where it takes its keys from, and whom it asks. No secrets.
struct CloudAccess {
  std::string profile;
  std::string region;              ///< where to ask what no region in particular answers
  std::string method;              ///< boto3's word for the kind of source: "env", "assume-role"
  std::string source;              ///< for people: "profile 'x' (credentials file)"
  std::vector<std::string> roles;  ///< assumed with the source's keys, one after the other
  std::vector<std::pair<std::string, std::string>> endpoints;  ///< by service
};

/// The keys that requests are signed with, as far as they are no secret.
struct KeysInUse {
  std::string access_key_id;
  bool is_temporary = false;
  std::optional<TimePoint> expires = {};  ///< none: never, or nobody said
};

}  // namespace spotvane
