#pragma once

#include "base/random.hpp"
#include "model/placement_score.hpp"
#include "ports/http_handler.hpp"
#include "ports/http_transport.hpp"
#include "ports/timers.hpp"
#include "wire/envelope.hpp"
#include "wire/form.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::adapters {

/// A placement score request that reached the lab: what it said, and what became of that.
struct ScoreAttempt {
  enum class Delivery : std::uint8_t { Whole, InPart, Never };

  std::string configuration;  ///< a `model::configuration_key`
  bool is_accepted = false;   ///< by the lab, whether or not its answer came through
  std::string code;           ///< of the refusal; empty: scores, or not a byte
  bool has_scores = false;
  Delivery delivery = Delivery::Whole;
};

/// Hands requests to a lab, and spoils answers where it says so, the way a server, a network and
/// curl would: what is cut short, or takes too long, is no answer.
class LabNetwork final : public HttpTransport {
 public:
  static constexpr std::string_view kAddress = "http://lab:4599";

  /// Each way takes up to `latency_max`. What it borrows must outlive it.
  LabNetwork(HttpHandler& lab, Timers& timers, Random random = Random{0},
             Duration latency_max = std::chrono::milliseconds{1})
      : lab_{lab}, timers_{timers}, random_{random}, latency_max_{latency_max} {}

  Ticket send(HttpRequest request, HttpLimits limits, OnResponse on_response) override {
    request.url.erase(0, kAddress.size());
    request.headers.push_back({"Host", "lab:4599"});
    timers_.after(latency(), [this, request = std::move(request), limits,
                              on_response = std::move(on_response)] {
      lab_.handle(request, [&](HttpReply reply) {
        deliver(request, std::move(reply), limits, on_response);
      });
    });
    return 0;
  }

  void cancel(Ticket) override {}

  std::vector<ScoreAttempt> score_attempts;  ///< so far, in the order the lab had them

 private:
  Duration latency() {
    return Duration{1 + static_cast<Duration::rep>(
                            random_.below(static_cast<std::uint64_t>(latency_max_.count())))};
  }

  void deliver(const HttpRequest& request, HttpReply reply, HttpLimits limits,
               const OnResponse& on_response) {
    using Delivery = ScoreAttempt::Delivery;
    auto delivery = Delivery::Whole;
    auto wait = latency();
    auto trouble = Error{ErrorKind::Unavailable, "'lab' closed the connection early"};
    if (reply.manner == HttpReply::Manner::Truncated) {
      // Mostly the length is told, and curl knows; a proxy may have lost it.
      delivery = random_.chance(0.5) ? Delivery::Never : Delivery::InPart;
    } else if (reply.manner == HttpReply::Manner::Reset) {
      delivery = Delivery::Never;
    } else if (reply.delay >= limits.idle_timeout) {
      delivery = Delivery::Never;
      wait = limits.idle_timeout;
      trouble.message = "'lab' did not answer in time";
    } else {
      wait += reply.delay;
    }
    note(request, reply.response, delivery);
    if (delivery == Delivery::InPart) {
      reply.response.body.resize(reply.response.body.size() / 2);
    }
    Result<HttpResponse> result = std::move(reply.response);
    if (delivery == Delivery::Never) {
      result = tl::unexpected(std::move(trouble));
    }
    timers_.after(wait,
                  [on_response, result = std::move(result)] { on_response(std::move(result)); });
  }

  void note(const HttpRequest& request, const HttpResponse& response,
            ScoreAttempt::Delivery delivery) {
    const auto form = wire::Form::parse(request.body);
    const auto* action = form.find("Action");
    if (action == nullptr || *action != "GetSpotPlacementScores") {
      return;
    }
    model::ScoreQuery query{.types = {},
                            .target_capacity = std::stoi(*form.find("TargetCapacity")),
                            .regions = {},
                            .single_zone = *form.find("SingleAvailabilityZone") == "true"};
    for (auto& type : form.list("InstanceType")) {
      query.types.emplace_back(std::move(type));
    }
    for (auto& region : form.list("RegionName")) {
      query.regions.emplace_back(std::move(region));
    }
    const auto error = response.status == 200 ? std::nullopt : wire::read_error(response);
    score_attempts.push_back({.configuration = model::configuration_key(query),
                              .is_accepted = response.status == 200 && !response.body.empty(),
                              .code = error ? error->code : std::string{},
                              .has_scores = response.body.find("<score>") != std::string::npos,
                              .delivery = delivery});
  }

  HttpHandler& lab_;
  Timers& timers_;
  Random random_;
  Duration latency_max_;
};

}  // namespace spotvane::adapters
