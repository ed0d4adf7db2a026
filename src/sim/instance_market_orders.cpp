#include "sim/instance_market_impl.hpp"
#include "sim/launch_times.hpp"
#include "sim/spot_status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spotvane::sim {

namespace {

constexpr Duration kValidity = std::chrono::days{7};
constexpr EndReason kByUser{"Client.UserInitiatedShutdown",
                            "Client.UserInitiatedShutdown: User initiated shutdown"};

/// AWS's names of things in IDs are of letters and digits.
std::string request_id(std::uint64_t key) {
  constexpr std::string_view kLetters = "abcdefghijklmnpqrstuvwxyz0123456789";
  std::string id = "sir-";
  for (int i = 0; i < 8; ++i) {
    id += kLetters[key % kLetters.size()];
    key /= kLetters.size();
  }
  return id;
}

MarketRefusal no_capacity(const LaunchSpec& spec, bool is_spot) {
  return {"InsufficientInstanceCapacity",
          is_spot
              ? "There is no Spot capacity available that matches your request."
              : fmt::format("We currently do not have sufficient {} capacity in the Availability "
                            "Zone you requested. Our system will be working on provisioning "
                            "additional capacity.",
                            spec.type)};
}

MarketRefusal unsupported() {
  return {"Unsupported",
          "The requested configuration is currently not supported. Please check the documentation "
          "for supported configurations."};
}

MarketRefusal unknown(std::string_view code, std::string_view what,
                      const std::vector<std::string>& ids) {
  return {std::string{code},
          ids.size() == 1
              ? fmt::format("The {} ID '{}' does not exist", what, ids.front())
              : fmt::format("The {} IDs '{}' do not exist", what, fmt::join(ids, ", "))};
}

}  // namespace

TimePoint InstanceMarket::Impl::visible_from(std::uint64_t key) const {
  const auto share = uniform(derive(key, "visible"));  // squared: mostly soon
  return now + Duration{static_cast<std::int64_t>(
                   share * share * static_cast<double>(conditions.visible_within.count()))};
}

Granted<void> InstanceMarket::Impl::check_limit(const Owner& owner, int vcpus, bool is_spot) {
  const auto& held = holdings[owner];
  if (is_spot && held.spot_vcpus + vcpus > conditions.spot_vcpus) {
    return tl::unexpected(
        MarketRefusal{"MaxSpotInstanceCountExceeded", "Max spot instance count exceeded"});
  }
  if (!is_spot && held.on_demand_vcpus + vcpus > conditions.on_demand_vcpus) {
    return tl::unexpected(MarketRefusal{
        "VcpuLimitExceeded",
        fmt::format(
            "You have requested more vCPU capacity than your current vCPU limit of {} allows "
            "for the instance bucket that the specified instance type belongs to. Please "
            "visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to "
            "this limit.",
            conditions.on_demand_vcpus)});
  }
  return {};
}

Granted<const InstanceMarket::Impl::Remembered*> InstanceMarket::Impl::recall(
    const Owner& owner, std::string_view action, const ClientToken& token) const {
  const auto found =
      token.text.empty() ? tokens.end() : tokens.find({owner, std::string{action}, token.text});
  if (found == tokens.end()) {
    return nullptr;
  }
  if (found->second.parameters != token.parameters) {
    return tl::unexpected(mismatch(token));
  }
  return &found->second;
}

void InstanceMarket::Impl::remember(const Owner& owner, std::string_view action,
                                    const ClientToken& token, Remembered what) {
  if (!token.text.empty()) {
    what.parameters = token.parameters;
    tokens.emplace(TokenKey{owner, std::string{action}, token.text}, std::move(what));
  }
}

std::uint32_t InstanceMarket::Impl::add_request(const Owner& owner, const LaunchSpec& spec,
                                                std::optional<Money> max_price, const Tags& tags) {
  const auto key = next_key();
  const auto index = static_cast<std::uint32_t>(requests.size());
  const auto& made = requests.emplace_back(
      SpotRequest{.id = request_id(derive(key, "id")),
                  .owner = owner,
                  .spec = spec,
                  .vcpus = book.type(spec.type)->vcpus,
                  .max_price = max_price,
                  .created_at = now,
                  .visible_at = visible_from(key),
                  .tags = tags,
                  .history = {{now, RequestState::Open, "pending-evaluation",
                               std::string{message_of("pending-evaluation")}}}});
  holdings[owner].requests.push_back(index);
  holdings[owner].spot_vcpus += made.vcpus;
  request_index.emplace(made.id, index);
  audit.asked(made, now);
  return index;
}

Granted<std::vector<const SpotRequest*>> InstanceMarket::request_spot(const SpotOrder& order) {
  auto& it = *impl_;
  std::vector<const SpotRequest*> given;
  const auto known = it.recall(order.owner, "RequestSpotInstances", order.token);
  if (!known) {
    return tl::unexpected(known.error());
  }
  if (*known != nullptr) {
    for (const auto index : (*known)->made) {
      given.push_back(&it.requests[index]);
    }
    return given;
  }
  const auto* facts = it.book.type(order.spec.type);
  if (facts == nullptr || !facts->offered_as_spot ||
      it.zones_for(order.owner, {.type = order.spec.type}).empty()) {
    return tl::unexpected(unsupported());
  }
  if (auto allowed = it.check_limit(order.owner, facts->vcpus * order.count, true); !allowed) {
    return tl::unexpected(std::move(allowed.error()));
  }
  Impl::Remembered made;
  for (int i = 0; i < order.count; ++i) {
    const auto index = it.add_request(order.owner, order.spec, order.max_price, order.request_tags);
    auto& request = it.requests[index];
    request.valid_until = order.valid_until.value_or(it.now + kValidity);
    request.bad_parameter = order.bad_parameter;
    it.foresee(it.now + draw_evaluation(derive(it.seed, request.id)), Impl::EventKind::Evaluate,
               index);
    it.foresee(request.valid_until, Impl::EventKind::Expire, index);
    made.made.push_back(index);
    given.push_back(&request);
  }
  it.remember(order.owner, "RequestSpotInstances", order.token, std::move(made));
  return given;
}

void InstanceMarket::Impl::cancel(std::uint32_t index) {
  auto& request = requests[index];
  const auto before = request.history.back().state;
  if (before == RequestState::Active) {
    return change(request, RequestState::Cancelled, "request-canceled-and-instance-running");
  }
  if (before != RequestState::Open) {
    return;
  }
  change(request, RequestState::Cancelled, "canceled-before-fulfillment");
  const auto key = derive(derive(seed, request.id), "late");
  if (!request.holds_capacity && uniform(key) < conditions.late_fulfilment) {
    foresee(now + std::chrono::seconds{1} +
                Duration{static_cast<std::int64_t>(20'000.0 * uniform(derive(key, "when")))},
            EventKind::Fulfil, index);
  }
}

Granted<std::vector<const SpotRequest*>> InstanceMarket::cancel_spot(
    const Owner& owner, std::span<const std::string> ids) {
  std::vector<std::string> missing;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing), [&](const std::string& id) {
    return find_request(owner, id, impl_->now) == nullptr;
  });
  if (!missing.empty()) {
    return tl::unexpected(
        unknown("InvalidSpotInstanceRequestID.NotFound", "spot instance request", missing));
  }
  std::vector<const SpotRequest*> cancelled;
  for (const auto& id : ids) {
    const auto index = impl_->request_index.at(id);
    impl_->cancel(index);
    cancelled.push_back(&impl_->requests[index]);
  }
  return cancelled;
}

std::vector<std::uint32_t> InstanceMarket::Impl::run_in_zone(const RunOrder& order, int count,
                                                             const std::string& fleet_id) {
  const auto reservation = fmt::format("r-0{:016x}", next_key());
  std::vector<std::uint32_t> made;
  for (int i = 0; i < count; ++i) {
    std::optional<std::uint32_t> request;
    if (order.is_spot) {
      request = add_request(order.owner, order.spec, order.max_price, order.request_tags);
      release_claim(requests[*request]);  // its instance takes its place at once
    }
    const auto index = launch({.owner = order.owner,
                               .spec = order.spec,
                               .is_spot = order.is_spot,
                               .reservation_id = reservation,
                               .index = i,
                               .tags = order.instance_tags,
                               .client_token = order.token.text,
                               .fleet_id = fleet_id});
    if (request) {
      tie(*request, index);
    }
    made.push_back(index);
  }
  return made;
}

Granted<std::vector<const Instance*>> InstanceMarket::run(const RunOrder& order) {
  auto& it = *impl_;
  std::vector<const Instance*> given;
  const auto known = it.recall(order.owner, "RunInstances", order.token);
  if (!known) {
    return tl::unexpected(known.error());
  }
  if (*known != nullptr) {
    for (const auto index : (*known)->made) {
      given.push_back(&it.instances[index]);
    }
    return given;
  }
  const auto* facts = it.book.type(order.spec.type);
  if (facts == nullptr || (order.is_spot && !facts->offered_as_spot) ||
      it.zones_for(order.owner, order.spec).empty()) {
    return tl::unexpected(unsupported());
  }
  const model::Pool pool{order.spec.type, order.owner.region,
                         it.roomiest(order.owner, order.spec, order.is_spot)};
  if (auto allowed = it.check_limit(order.owner, facts->vcpus * order.least, order.is_spot);
      !allowed) {
    return tl::unexpected(std::move(allowed.error()));
  }
  const auto price = it.market.price(pool, it.now);
  const auto highest = it.highest_price({pool.type, pool.region}, order.max_price);
  if (order.is_spot && price && *price > highest) {
    return tl::unexpected(MarketRefusal{
        "SpotMaxPriceTooLow",
        fmt::format("Your Spot request price of {} is lower than the minimum required Spot request "
                    "fulfillment price of {}.",
                    to_text(highest), to_text(*price))});
  }
  auto count = it.find_room(pool, order.is_spot, order.most);
  if (count < order.least) {
    return tl::unexpected(no_capacity(order.spec, order.is_spot));
  }
  while (count > order.least && !it.check_limit(order.owner, facts->vcpus * count, order.is_spot)) {
    --count;
  }
  auto placed = order;
  placed.spec.zone = pool.zone;
  Impl::Remembered made{.parameters = {}, .made = it.run_in_zone(placed, count, {})};
  for (const auto index : made.made) {
    given.push_back(&it.instances[index]);
  }
  it.remember(order.owner, "RunInstances", order.token, std::move(made));
  return given;
}

Granted<std::vector<InstanceMarket::Ending>> InstanceMarket::terminate(
    const Owner& owner, std::span<const std::string> ids) {
  std::vector<std::string> missing;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing), [&](const std::string& id) {
    return find_instance(owner, id, impl_->now) == nullptr;
  });
  if (!missing.empty()) {
    return tl::unexpected(unknown("InvalidInstanceID.NotFound", "instance", missing));
  }
  std::vector<Ending> endings;
  for (const auto& id : ids) {
    const auto index = impl_->instance_index.at(id);
    const auto& instance = impl_->instances[index];
    endings.push_back({&instance, state(instance, impl_->now)});
    impl_->shut_down(index, kByUser);
  }
  return endings;
}

void InstanceMarket::end(const std::string& id) {
  impl_->shut_down(impl_->instance_index.at(id), kByUser);
}

void InstanceMarket::end_instances(const Fleet& fleet) {
  for (const auto& launch : fleet.outcome.launches) {
    for (const auto& id : launch.instance_ids) {
      impl_->shut_down(impl_->instance_index.at(id), kByUser);
    }
  }
}

}  // namespace spotvane::sim
