#pragma once

#include "sim/instance_market.hpp"
#include "sim/value_noise.hpp"

#include <queue>
#include <set>
#include <string_view>
#include <tuple>

namespace spotvane::sim {

/// What the parts of the instance market share: for its own sources only.
struct InstanceMarket::Impl {
  enum class EventKind : std::uint8_t { Evaluate, Fulfil, Expire, ShutDown, Gone, Sweep, Notice };
  struct Event {
    TimePoint at;
    std::uint64_t sequence;  // ties happen in the order they were foreseen
    EventKind kind;
    std::uint32_t subject;  // an instance, a request, or of Sweep a pool
    EndReason reason = {};

    friend bool operator>(const Event& left, const Event& right) {
      return std::tie(left.at, left.sequence) > std::tie(right.at, right.sequence);
    }
  };

  /// What is in a pool, or about to be.
  struct Usage {
    model::Pool pool;
    int spot = 0;
    int on_demand = 0;
    std::vector<std::uint32_t> live_spot = {};  // instances, oldest first
    bool is_swept = false;
  };

  struct Holdings {
    std::vector<std::uint32_t> instances = {};
    std::vector<std::uint32_t> requests = {};
    std::vector<std::uint32_t> fleets = {};
    int spot_vcpus = 0;  // that count against the account's limit
    int on_demand_vcpus = 0;
  };

  struct Remembered {
    std::string parameters;
    std::vector<std::uint32_t> made = {};
    FleetOutcome fleet = {};
  };

  struct Launch {
    Owner owner;
    LaunchSpec spec;
    bool is_spot = false;
    std::string reservation_id = {};
    int index = 0;
    Tags tags = {};
    std::string client_token = {};
    std::string fleet_id = {};
  };

  using TokenKey = std::tuple<Owner, std::string, std::string>;  // whose, action, token

  Impl(const SpotMarket& spot_market, std::uint64_t market_seed)
      : market{spot_market}, seed{derive(market_seed, "instances")}, book{spot_market.catalog()} {}

  // Time.
  void foresee(TimePoint at, EventKind kind, std::uint32_t subject, EndReason reason = {});
  void happen(const Event& event);
  void evaluate(std::uint32_t request);
  void fulfil(std::uint32_t request);
  void shut_down(std::uint32_t instance, EndReason reason);
  void gone(std::uint32_t instance);
  void sweep(std::uint32_t pool);
  void withdraw(std::uint32_t instance);
  void recommend(std::uint32_t instance);
  void notice(std::uint32_t instance, bool for_price);
  /// The spot instance of that ID, where it runs and nobody has given it notice.
  std::optional<std::uint32_t> running_spot(const std::string& id) const;

  // Making things.
  std::uint64_t next_key() { return derive(seed, ++things); }
  TimePoint visible_from(std::uint64_t key) const;
  std::uint32_t add_request(const Owner& owner, const LaunchSpec& spec,
                            std::optional<Money> max_price, const Tags& tags);
  std::uint32_t launch(Launch wanted);
  std::vector<std::uint32_t> run_in_zone(const RunOrder& order, int count,
                                         const std::string& fleet_id);
  void tie(std::uint32_t request, std::uint32_t instance);
  void change(SpotRequest& request, RequestState state, std::string_view code,
              std::string message = {});
  void cancel(std::uint32_t request);
  void release_claim(SpotRequest& request);

  // Whether there is room for it, and where.
  Usage& usage_of(const model::Pool& pool);
  double room(const model::Pool& pool, bool is_spot) const;
  std::vector<model::ZoneId> zones_for(const Owner& owner, const LaunchSpec& spec) const;
  model::ZoneId roomiest(const Owner& owner, const LaunchSpec& spec, bool is_spot) const;
  /// How many of `most` find room now; a scarce pool may turn them all away.
  int find_room(const model::Pool& pool, bool is_spot, int most);
  double spot_room(const FleetOrder& order) const;
  Money highest_price(const model::RegionalPool& pool, std::optional<Money> max_price) const;
  Granted<void> check_limit(const Owner& owner, int vcpus, bool is_spot);

  Granted<const Remembered*> recall(const Owner& owner, std::string_view action,
                                    const ClientToken& token) const;
  void remember(const Owner& owner, std::string_view action, const ClientToken& token,
                Remembered what);

  Granted<std::vector<Tags*>> tags_of(const InstanceMarket& self, const Owner& owner,
                                      std::span<const std::string> ids);

  const SpotMarket& market;
  std::uint64_t seed;
  PoolBook book;
  MarketConditions conditions = {};
  TimePoint now = TimePoint::min();
  std::uint64_t things = 0;  // made so far: what each draws its fate from
  std::uint64_t events = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> pending = {};
  std::deque<Instance> instances = {};
  std::deque<SpotRequest> requests = {};
  std::deque<Fleet> fleets = {};
  LaunchTemplates templates{derive(seed, "templates")};
  std::map<std::string, std::uint32_t> instance_index = {};
  std::map<std::string, std::uint32_t> request_index = {};
  std::map<Owner, Holdings> holdings = {};
  std::map<TokenKey, Remembered> tokens = {};
  std::deque<Usage> usages = {};
  std::map<model::Pool, std::uint32_t> usage_index = {};
  std::deque<InstanceChange> changes = {};
  InstanceAudit audit = {};
  std::set<std::uint32_t> doomed = {};  // recommended to be left: their notice is foreseen
};

}  // namespace spotvane::sim
