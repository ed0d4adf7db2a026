#include "lab/lab.hpp"

#include "lab/actions.hpp"
#include "lab/advisor_page.hpp"
#include "lab/authentication.hpp"
#include "lab/control.hpp"
#include "lab/faults.hpp"
#include "lab/gunzip.hpp"
#include "lab/metadata.hpp"
#include "lab/parameter.hpp"
#include "lab/route.hpp"
#include "lab/served_regions.hpp"
#include "lab/service_refusals.hpp"
#include "lab/sns_certificate.hpp"
#include "lab/spoken.hpp"
#include "lab/sqs_messages.hpp"
#include "lab/sqs_queues.hpp"
#include "sim/uuid.hpp"
#include "sim/value_noise.hpp"
#include "wire/envelope.hpp"
#include "wire/timestamp.hpp"
#include "wire/url.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace spotvane::lab {

namespace {

/// What faults know the advisor's page by.
constexpr std::string_view kAdvisorAction = "SpotAdvisor";
/// What takes as many calls as come.
constexpr std::array<std::string_view, 3> kUnlimited{wire::kSqs.name, wire::kSns.name,
                                                     wire::kCloudWatch.name};

/// How often, by the wall's clock, the lab looks whether it can answer who waits.
constexpr Duration kTick = std::chrono::milliseconds{10};
/// SNS waits so long for a subscriber.
constexpr HttpLimits kDeliveryLimits{.whole_timeout = std::chrono::seconds{15},
                                     .body_bytes = 1U << 20U};

HttpResponse plain(int status, std::string text) {
  return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(text)};
}

}  // namespace

struct Lab::Impl {
  LabOptions options;
  const Clock& wall;
  LabClock clock;
  World world;
  Throttle throttle;
  Faults faults;
  AdvisorPage advisor;

  // How often each request came at one moment of the lab's time; only the present one is kept.
  TimePoint counted_at = {};
  std::map<std::uint64_t, std::uint64_t> occurrences = {};

  Impl(LabOptions chosen, CatalogData data, const Clock& wall_clock)
      : options{std::move(chosen)},
        wall{wall_clock},
        clock{wall, options.start.value_or(wall.now()), options.speed},
        world{options.world, std::move(data)},
        throttle{clock.is_stepped() ? Throttle::Options{.burst = 0.0} : options.throttle},
        faults{sim::derive(options.world.seed, "faults")},
        advisor{world.market(), world.advisor_types()} {
    faults.set(options.scenario);
    world.set_conditions(options.scenario.instances, options.scenario.queues);
    for (auto& account : options.accounts) {
      world.accounts().add(std::move(account));
    }
  }

  /// The clock by which services check signatures and date their answers.
  TimePoint services_now() const { return wall.now() + faults.scenario().clock_skew; }

  /// What tells this request from every other: its content and time, and how often it came then.
  std::uint64_t identify(const HttpRequest& request, std::string_view action, TimePoint now) {
    if (now != counted_at) {
      occurrences.clear();
      counted_at = now;
    }
    auto key = sim::derive(options.world.seed, request.method);
    for (const auto part :
         {std::string_view{request.url}, std::string_view{request.body}, action}) {
      key = sim::derive(key, part);
    }
    key = sim::derive(key, static_cast<std::uint64_t>(now.time_since_epoch().count()));
    return sim::derive(key, occurrences[key]++);
  }

  /// A call that nothing stands in the way of any more.
  struct Ready {
    Action action;
    Call call;
    std::optional<FaultRule> fault;
  };
  /// One that waits until there is something to answer, or its patience ends.
  struct Waiting {
    Ready ready;
    TimePoint until;       // by the lab's clock
    TimePoint wall_until;  // or by the wall's: the lab's may stand still
    Answer answer;
  };
  std::vector<Waiting> waiting = {};
  Timers* timers = nullptr;
  FindTransport find_transport = {};
  bool is_ticking = false;
  std::shared_ptr<bool> is_alive = std::make_shared<bool>(true);

  Answered<Sender> admit(const HttpRequest& request, const Route& route) const;
  Answered<Ready> prepare(const HttpRequest& request, const Route& route,
                          const std::string& request_id, TimePoint now,
                          const std::optional<FaultRule>& fault);
  HttpReply carry_out(const Ready& ready);
  void answer_aws(const HttpRequest& request, TimePoint now, Answer answer);
  HttpReply answer_advisor(const HttpRequest& request, TimePoint now);
  HttpReply answer_metadata(const HttpRequest& request, std::string_view path, TimePoint now);
  void answer(const HttpRequest& request, TimePoint now, Answer answer);
  void send(HttpReply reply, const Answer& answer) const;
  void ask_again();
  void send_out();
  void tick();
};

Answered<Sender> Lab::Impl::admit(const HttpRequest& request, const Route& route) const {
  if (is_open_to_all(route.service_name, route.action)) {
    return Sender{.account = {}, .scope = {.region = "us-east-1", .service = route.service_name}};
  }
  auto sender = authenticate(request, route.service, world.accounts(), services_now());
  if (!sender) {
    return sender;
  }
  if (sender->scope.service != route.service_name) {
    return refuse(400, "InvalidSignatureException",
                  "Credential should be scoped to correct service: '{}'.", route.service_name);
  }
  if (auto checked = check_region(world, route, model::Region{sender->scope.region}); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  return sender;
}

Answered<Lab::Impl::Ready> Lab::Impl::prepare(const HttpRequest& request, const Route& route,
                                              const std::string& request_id, TimePoint now,
                                              const std::optional<FaultRule>& fault) {
  auto sender = admit(request, route);
  if (!sender) {
    return tl::unexpected(std::move(sender.error()));
  }
  const auto action = find_action(route.service_name, route.action);
  if (action == nullptr) {
    return tl::unexpected(unknown_action(route));
  }
  if (fault && fault->kind == FaultKind::Deny) {
    return tl::unexpected(not_permitted(route, sender->account));
  }
  if (fault &&
      ((is_refused_by(fault->kind) && !fault->is_after) || fault->kind == FaultKind::Reset)) {
    return tl::unexpected(broken(fault->kind, route.service.protocol));
  }
  const auto bucket =
      fmt::format("{} {} {}", sender->account.id, sender->scope.region, route.action);
  const bool is_limited = std::ranges::count(kUnlimited, route.service_name) == 0;
  if (is_limited && !throttle.allow(bucket, now)) {
    return tl::unexpected(too_fast(route.service.protocol));
  }
  auto body = plain_body(request);
  if (!body) {
    return refuse(400, "SerializationException", "The body is no gzip stream.");
  }
  const auto* host = find_header(request.headers, "host");
  Call call{.service = route.service,
            .action = route.action,
            .form = route.form,
            .body = *std::move(body),
            .region = model::Region{sender->scope.region},
            .account = sender->account,
            .now = now,
            .as_of = fault && fault->kind == FaultKind::Stale ? now - fault->delay : now,
            .wall_now = wall.now(),
            .request_id = request_id,
            .address = fmt::format("http://{}", host != nullptr ? *host : "localhost")};
  if (const auto is_rehearsal = flag_parameter(call, "DryRun"); !is_rehearsal || *is_rehearsal) {
    return is_rehearsal ? refuse(412, "DryRunOperation",
                                 "Request would have succeeded, but DryRun flag is set.")
                        : tl::unexpected(is_rehearsal.error());
  }
  return Ready{action, std::move(call), fault};
}

HttpReply Lab::Impl::carry_out(const Ready& ready) {
  world.deliveries().set_address(ready.call.address);
  auto body = ready.action(world, ready.call);
  world.settle();
  if (ready.fault && is_refused_by(ready.fault->kind)) {
    body = tl::unexpected(broken(ready.fault->kind, ready.call.service.protocol));
  }
  HttpReply reply{.response = response_of(body, ready.call.service, ready.call.request_id)};
  if (ready.fault) {
    spoil(reply, *ready.fault);
  }
  return reply;
}

void Lab::Impl::answer_aws(const HttpRequest& request, TimePoint now, Answer answer) {
  const auto found = route(request);
  const auto key = identify(request, found.action, now);
  const auto request_id = sim::uuid_of(key);
  const auto fault = find_action(found.service_name, found.action) != nullptr
                         ? faults.strike(found.action, key)
                         : std::nullopt;
  auto ready = prepare(request, found, request_id, now, fault);
  if (!ready) {
    HttpReply reply{.response =
                        response_of(tl::unexpected(ready.error()), found.service, request_id)};
    if (fault) {
      spoil(reply, *fault);
    }
    return send(std::move(reply), answer);
  }
  const bool may_wait = timers != nullptr && found.service_name == wire::kSqs.name &&
                        found.action == "ReceiveMessage";
  const auto span = may_wait ? patience(world, ready->call) : std::nullopt;
  if (!span) {
    return send(carry_out(*ready), answer);
  }
  waiting.push_back({*std::move(ready), now + *span, wall.now() + *span, std::move(answer)});
}

void Lab::Impl::ask_again() {
  auto asking = std::exchange(waiting, {});
  for (auto& one : asking) {
    one.ready.call.now = one.ready.call.as_of = clock.now();
    const bool is_over = clock.now() >= one.until || wall.now() >= one.wall_until;
    if (is_over || !patience(world, one.ready.call)) {
      send(carry_out(one.ready), one.answer);
    } else {
      waiting.push_back(std::move(one));
    }
  }
}

/// What topics have for addresses elsewhere.
void Lab::Impl::send_out() {
  if (!find_transport) {
    return;
  }
  for (auto& one : world.deliveries().take_outgoing()) {
    const auto transport = find_transport();
    if (!transport) {
      world.deliveries().done(one.id, false);
      continue;
    }
    (*transport)
        ->send(std::move(one.request), kDeliveryLimits,
               [this, id = one.id, weak = std::weak_ptr{is_alive}](Result<HttpResponse> response) {
                 if (!weak.expired()) {
                   world.deliveries().done(id, response && response->status / 100 == 2);
                 }
               });
  }
}

/// Looks after those who wait, and those who are to be sent to, as long as there are any.
void Lab::Impl::tick() {
  const bool is_needed =
      !waiting.empty() || world.hosting() || (find_transport && world.deliveries().has_addresses());
  if (is_ticking || timers == nullptr || !is_needed) {
    return;
  }
  is_ticking = true;
  timers->after(kTick, [this, weak = std::weak_ptr{is_alive}] {
    if (weak.expired()) {
      return;
    }
    is_ticking = false;
    world.advance(clock.now());
    ask_again();
    send_out();
    tick();
  });
}

HttpReply Lab::Impl::answer_advisor(const HttpRequest& request, TimePoint now) {
  const auto fault = faults.strike(kAdvisorAction, identify(request, kAdvisorAction, now));
  const bool is_refused = fault && is_refused_by(fault->kind);
  const int status = fault && fault->kind == FaultKind::Error ? 500 : 503;
  HttpReply reply{.response = is_refused ? plain(status, "Please try again.\n")
                                         : advisor.get(request, now)};
  if (fault && !is_refused) {
    spoil(reply, *fault);
  }
  return reply;
}

HttpReply Lab::Impl::answer_metadata(const HttpRequest& request, std::string_view path,
                                     TimePoint now) {
  const bool is_token = request.method == "PUT";
  const auto action = fmt::format("{}{}", kMetadataAction, is_token ? "Token" : "");
  const auto fault = faults.strike(action, identify(request, action, now));
  return metadata_reply(request, path, world, now, services_now(), fault);
}

void Lab::Impl::answer(const HttpRequest& request, TimePoint now, Answer answer) {
  world.advance(now);
  const auto path = wire::split_url(request.url).path;
  for (const auto prefix : {kMetadataPath, kMetadataPathOfOrders}) {
    if (path.starts_with(prefix)) {
      return send(answer_metadata(request, path.substr(prefix.size()), now), answer);
    }
  }
  if (path.starts_with(kEcsAgentPath)) {
    return send(ecs_agent(request, path.substr(kEcsAgentPath.size()), world, now), answer);
  }
  if (path.starts_with(kControlPath)) {
    return send({.response = control(request, clock, faults, throttle, world)}, answer);
  }
  if (path == kSnsCertificatePath) {
    return send({.response = plain(200, std::string{sns_certificate()})}, answer);
  }
  if (path != "/" && path != wire::kAdvisorPath && !is_queue_path(path)) {
    return send({.response = plain(404, "There is nothing here.\n")}, answer);
  }
  if (request.method != "GET" && request.method != "POST") {
    return send({.response = plain(405, "Expected GET or POST.\n")}, answer);
  }
  if (path == wire::kAdvisorPath) {
    return send(answer_advisor(request, now), answer);
  }
  answer_aws(request, now, std::move(answer));
}

void Lab::Impl::send(HttpReply reply, const Answer& answer) const {
  reply.response.headers.push_back({"Date", wire::to_http_date(services_now())});
  // Read again: an order may just have moved the clock.
  reply.response.headers.push_back(
      {std::string{kTimeHeader},
       fmt::format("{};speed={}", to_iso8601(clock.now()), clock.speed())});
  answer(std::move(reply));
}

Lab::Lab(LabOptions options, CatalogData data, const Clock& wall)
    : impl_{std::make_unique<Impl>(std::move(options), std::move(data), wall)} {}

Lab::~Lab() = default;

void Lab::wait_by(Timers& timers) {
  impl_->timers = &timers;
}

void Lab::reach_out_by(FindTransport transport) {
  impl_->find_transport = std::move(transport);
}

void Lab::handle(HttpRequest request, Answer answer) {
  impl_->answer(request, impl_->clock.now(), std::move(answer));
  impl_->ask_again();
  impl_->send_out();
  impl_->tick();
}

const World& Lab::look() {
  impl_->world.advance(impl_->clock.now());
  return impl_->world;
}

Result<void> Lab::advance(Duration span) {
  return impl_->clock.advance(span);
}

void Lab::host_on(Machines& machines, const std::string& address) {
  impl_->world.host_on(machines, address);
  impl_->tick();
}

const LabClock& Lab::clock() const {
  return impl_->clock;
}

}  // namespace spotvane::lab
