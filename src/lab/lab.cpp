#include "lab/lab.hpp"

#include "lab/actions.hpp"
#include "lab/advisor_page.hpp"
#include "lab/authentication.hpp"
#include "lab/control.hpp"
#include "lab/faults.hpp"
#include "lab/parameter.hpp"
#include "lab/route.hpp"
#include "sim/value_noise.hpp"
#include "wire/envelope.hpp"
#include "wire/timestamp.hpp"
#include "wire/url.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace spotvane::lab {

namespace {

/// The only regions that answer for the price list.
constexpr std::array<std::string_view, 3> kPricingRegions{"us-east-1", "eu-central-1",
                                                          "ap-south-1"};

/// What faults know the advisor's page by.
constexpr std::string_view kAdvisorAction = "SpotAdvisor";

HttpResponse plain(int status, std::string text) {
  return {.status = status, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(text)};
}

Refusal too_fast(wire::Protocol protocol) {
  switch (protocol) {
    case wire::Protocol::Ec2:
      return {503, "RequestLimitExceeded", "Request limit exceeded."};
    case wire::Protocol::Query:
      return {400, "Throttling", "Rate exceeded"};
    case wire::Protocol::Json11:
      return {400, "ThrottlingException", "Rate exceeded"};
  }
  return {};
}

Refusal broken(FaultKind kind, wire::Protocol protocol) {
  if (kind == FaultKind::Throttle) {
    return too_fast(protocol);
  }
  if (kind == FaultKind::Busy) {
    return {503, protocol == wire::Protocol::Ec2 ? "Unavailable" : "ServiceUnavailable",
            "The server is overloaded and can't handle the request."};
  }
  return {500, protocol == wire::Protocol::Ec2 ? "InternalError" : "InternalFailure",
          "An internal error has occurred"};
}

Refusal unknown_action(const Route& route) {
  if (route.service.protocol == wire::Protocol::Json11) {
    return {400, "UnknownOperationException", ""};
  }
  if (route.action.empty()) {
    return {400, "MissingAction", "The request is missing an action or a required parameter."};
  }
  return {400, "InvalidAction",
          fmt::format("The action {} is not valid for this web service.", route.action)};
}

bool is_refused_by(FaultKind kind) {
  return kind == FaultKind::Throttle || kind == FaultKind::Error || kind == FaultKind::Busy;
}

Refusal not_permitted(const Route& route, const Account& account) {
  const auto message = fmt::format(
      "You are not authorized to perform this operation. User: arn:aws:iam::{}:user/{} is not "
      "authorized to perform: {}:{} because no identity-based policy allows the {}:{} action",
      account.id, account.user, route.service_name, route.action, route.service_name, route.action);
  switch (route.service.protocol) {
    case wire::Protocol::Ec2:
      return {403, "UnauthorizedOperation", message};
    case wire::Protocol::Query:
      return {403, "AccessDenied", message};
    case wire::Protocol::Json11:
      return {400, "AccessDeniedException", message};
  }
  return {};
}

/// Lets a struck answer come late, in part or not at all.
void spoil(HttpReply& reply, const FaultRule& fault) {
  if (fault.kind == FaultKind::Slow) {
    reply.delay = fault.delay;
  } else if (fault.kind == FaultKind::Truncate) {
    reply.manner = HttpReply::Manner::Truncated;
  } else if (fault.kind == FaultKind::Reset || fault.kind == FaultKind::Lost) {
    reply.manner = HttpReply::Manner::Reset;
  }
}

/// AWS's form of a request's number.
std::string uuid_of(std::uint64_t key) {
  const auto high = sim::derive(key, 1);
  const auto low = sim::derive(key, 2);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, 0x8000U | ((low >> 48U) & 0x3fffU), low & 0xffffffffffffU);
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
    world.instances().set_conditions(options.scenario.instances);
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

  Answered<Sender> admit(const HttpRequest& request, const Route& route) const;
  Answered<void> check_region(const Route& route, const model::Region& region) const;
  Answered<std::string> act(const HttpRequest& request, const Route& route,
                            const std::string& request_id, TimePoint now,
                            const std::optional<FaultRule>& fault);
  HttpReply answer_aws(const HttpRequest& request, TimePoint now);
  HttpReply answer_advisor(const HttpRequest& request, TimePoint now);
  HttpReply answer(const HttpRequest& request, TimePoint now);
};

Answered<void> Lab::Impl::check_region(const Route& route, const model::Region& region) const {
  const auto* view = world.find(region);
  const bool is_pricing = route.service_name == wire::kPricing.name;
  const bool is_served = is_pricing ? std::find(kPricingRegions.begin(), kPricingRegions.end(),
                                                region.text()) != kPricingRegions.end()
                                    : view != nullptr;
  if (!is_served) {
    switch (route.service.protocol) {
      case wire::Protocol::Ec2:
        return refuse(401, "AuthFailure", "Credential should be scoped to a valid region.");
      case wire::Protocol::Query:
        return refuse(403, "SignatureDoesNotMatch",
                      "Credential should be scoped to a valid region.");
      case wire::Protocol::Json11:
        return refuse(400, "InvalidSignatureException",
                      "Credential should be scoped to a valid region.");
    }
  }
  if (!is_pricing && !view->is_enabled) {
    return route.service.protocol == wire::Protocol::Ec2
               ? refuse(403, "OptInRequired",
                        "You are not subscribed to this service. The region {} is not enabled for "
                        "the account.",
                        region)
               : refuse(403, "InvalidClientTokenId",
                        "The security token included in the request is invalid");
  }
  return {};
}

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
  if (auto checked = check_region(route, model::Region{sender->scope.region}); !checked) {
    return tl::unexpected(std::move(checked.error()));
  }
  return sender;
}

Answered<std::string> Lab::Impl::act(const HttpRequest& request, const Route& route,
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
  const bool is_failing = fault && is_refused_by(fault->kind);
  if ((is_failing && !fault->is_after) || (fault && fault->kind == FaultKind::Reset)) {
    return tl::unexpected(broken(fault->kind, route.service.protocol));
  }
  const auto bucket =
      fmt::format("{} {} {}", sender->account.id, sender->scope.region, route.action);
  if (!throttle.allow(bucket, now)) {
    return tl::unexpected(too_fast(route.service.protocol));
  }
  const Call call{.service = route.service,
                  .action = route.action,
                  .form = route.form,
                  .body = request.body,
                  .region = model::Region{sender->scope.region},
                  .account = sender->account,
                  .now = now,
                  .as_of = fault && fault->kind == FaultKind::Stale ? now - fault->delay : now,
                  .wall_now = wall.now(),
                  .request_id = request_id};
  if (const auto is_rehearsal = flag_parameter(call, "DryRun"); !is_rehearsal || *is_rehearsal) {
    return is_rehearsal ? refuse(412, "DryRunOperation",
                                 "Request would have succeeded, but DryRun flag is set.")
                        : tl::unexpected(is_rehearsal.error());
  }
  auto answer = action(world, call);
  return is_failing ? tl::unexpected(broken(fault->kind, route.service.protocol)) : answer;
}

HttpReply Lab::Impl::answer_aws(const HttpRequest& request, TimePoint now) {
  const auto found = route(request);
  const auto key = identify(request, found.action, now);
  const auto request_id = uuid_of(key);
  const auto fault = find_action(found.service_name, found.action) != nullptr
                         ? faults.strike(found.action, key)
                         : std::nullopt;

  HttpReply reply;
  const auto body = act(request, found, request_id, now, fault);
  const bool is_json = found.service.protocol == wire::Protocol::Json11;
  if (body) {
    reply.response.headers.push_back(
        {"Content-Type", std::string{is_json ? wire::kJson11ContentType : wire::kXmlContentType}});
    reply.response.body = *body;
  } else {
    reply.response = wire::error_response(found.service, body.error().status,
                                          {body.error().code, body.error().message, request_id});
  }
  if (find_header(reply.response.headers, "x-amzn-requestid") == nullptr) {
    reply.response.headers.push_back({"x-amzn-RequestId", request_id});
  }
  if (fault) {
    spoil(reply, *fault);
  }
  return reply;
}

HttpReply Lab::Impl::answer_advisor(const HttpRequest& request, TimePoint now) {
  const auto fault = faults.strike(kAdvisorAction, identify(request, kAdvisorAction, now));
  HttpReply reply;
  if (fault && is_refused_by(fault->kind)) {
    reply.response = plain(fault->kind == FaultKind::Error ? 500 : 503, "Please try again.\n");
    return reply;
  }
  reply.response = advisor.get(request, now);
  if (fault) {
    spoil(reply, *fault);
  }
  return reply;
}

HttpReply Lab::Impl::answer(const HttpRequest& request, TimePoint now) {
  world.instances().advance(now);
  const auto path = wire::split_url(request.url).path;
  if (path.starts_with(kControlPath)) {
    return {.response = control(request, clock, faults, world)};
  }
  if (path != "/" && path != wire::kAdvisorPath) {
    return {.response = plain(404, "There is nothing here.\n")};
  }
  if (request.method != "GET" && request.method != "POST") {
    return {.response = plain(405, "Expected GET or POST.\n")};
  }
  return path == "/" ? answer_aws(request, now) : answer_advisor(request, now);
}

Lab::Lab(LabOptions options, CatalogData data, const Clock& wall)
    : impl_{std::make_unique<Impl>(std::move(options), std::move(data), wall)} {}

Lab::~Lab() = default;

void Lab::handle(HttpRequest request, Answer answer) {
  auto reply = impl_->answer(request, impl_->clock.now());
  reply.response.headers.push_back({"Date", wire::to_http_date(impl_->services_now())});
  // Read again: an order may just have moved the clock.
  reply.response.headers.push_back(
      {std::string{kTimeHeader},
       fmt::format("{};speed={}", to_iso8601(impl_->clock.now()), impl_->clock.speed())});
  answer(std::move(reply));
}

Result<void> Lab::advance(Duration span) {
  return impl_->clock.advance(span);
}

const LabClock& Lab::clock() const {
  return impl_->clock;
}

}  // namespace spotvane::lab
