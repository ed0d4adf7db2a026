#pragma once

#include "lab/account.hpp"
#include "lab/call.hpp"
#include "lab/catalog_data.hpp"
#include "lab/faults.hpp"
#include "lab/lab_clock.hpp"
#include "lab/throttle.hpp"
#include "lab/world.hpp"
#include "ports/clock.hpp"
#include "ports/http_handler.hpp"
#include "ports/http_transport.hpp"
#include "ports/timers.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace spotvane::lab {

/// What carries the lab's time in every answer: "2026-03-01T00:00:00Z;speed=600".
inline constexpr std::string_view kTimeHeader = "x-spotvane-lab-time";

/// How a lab is to be.
struct LabOptions {
  WorldOptions world = {};
  double speed = 1.0;                   ///< of its clock; 0: it only moves when told to
  std::optional<TimePoint> start = {};  ///< of its clock; none: the wall's time
  Throttle::Options throttle = {};      ///< not applied with speed 0
  std::vector<Account> accounts = {};   ///< besides `test`/`test`
  Scenario scenario = {};               ///< of faults, to begin with
};

/// An AWS to try things on: answers signed requests of unmodified clients from a seeded market.
///
/// With speed 0, the same requests in the same order get the same answers byte for byte, but for
/// when the keys of assumed roles expire: that goes by the wall's clock, as signatures do. Below
/// "/_lab/" it takes orders: `GET health`, `GET clock`, `POST clock` with {"advance": "10m"} or
/// {"set": "2026-03-01T00:00:00Z"}, `GET faults` and `POST faults` with a scenario (see
/// `faults.hpp`). Every answer is dated by the clock that signatures are checked by.
class Lab final : public HttpHandler {
 public:
  /// `wall` is what signatures are checked by, the scenario's skew apart; it must outlive the lab.
  Lab(LabOptions options, CatalogData data, const Clock& wall);
  ~Lab() override;

  void handle(HttpRequest request, Answer answer) override;

  /// Lets calls wait that ask to, such as for messages of a queue; before, they are answered at
  /// once. The timers must outlive the lab.
  void wait_by(Timers& timers);

  /// Lets topics reach their subscribers; before, nothing leaves the lab. It needs `wait_by`, too.
  /// What `transport` gives must outlive the lab; it is asked only when something is to be sent.
  using FindTransport = std::function<Result<HttpTransport*>()>;
  void reach_out_by(FindTransport transport);

  /// Instances really run their user data from now on, on these machines, which must outlive the
  /// lab; `address` is where they find it. It needs `wait_by`, and a clock that runs by itself.
  void host_on(Machines& machines, const std::string& address);

  const LabClock& clock() const;

  /// The lab's world as it is now: what only an auditor may see.
  const World& look();

  /// Moves the lab's time ahead, as `POST clock` does. Fails with `InvalidInput` backwards.
  Result<void> advance(Duration span);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spotvane::lab
