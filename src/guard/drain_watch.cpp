#include "guard/drain_watch.hpp"

#include "guard/drain_forecast.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;

namespace {

/// Between two looks at a host: seldom enough for a hundred at once.
constexpr Duration kBetweenLooks = 2s;

double seconds_of(Duration span) {
  return std::chrono::duration<double>(span).count();
}

std::string text_of_inputs(const nlohmann::json& inputs) {
  return inputs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

struct DrainWatch::Following {
  DrainedHost drained;
  TimePoint begun;
  int tasks_left = -1;  // as last seen; below 0: never
};

void DrainWatch::follow(const DrainedHost& drained) {
  if (ports_.surveys == nullptr) {
    return;
  }
  ++followed_;
  const auto following = std::make_shared<Following>(Following{drained, ports_.clock.now()});
  foretell(drained, [this, following] { look(following); });
}

void DrainWatch::foretell(const DrainedHost& drained, std::function<void()> on_said) {
  if (ports_.surveys == nullptr) {
    ports_.timers.after(0s, std::move(on_said));
    return;
  }
  ports_.surveys->survey(drained.host, [this, drained, on_said = std::move(on_said)](
                                           const Result<HostSurvey>& survey) {
    const auto left = drained.ends - ports_.clock.now();
    nlohmann::json inputs{{"ends", to_iso8601(drained.ends)}, {"left_s", seconds_of(left)}};
    std::string outcome = "unknown";
    if (survey) {
      const auto seen = forecast_drain(*survey, left);
      outcome = seen.is_good() ? "will-drain" : "will-not-drain-in-time";
      inputs["tasks"] = survey->tasks.size();
      inputs["needs_s"] = seconds_of(seen.needs);
      inputs["obstacles"] = seen.obstacles;
    } else {
      inputs["error"] = survey.error().message;
      inputs["hint"] = survey.error().hint;
    }
    // Not kept, it is not said; the host drains all the same.
    static_cast<void>(log_(drained.instance_id, "preflight", outcome, text_of_inputs(inputs)));
    on_said();
  });
}

void DrainWatch::look(const std::shared_ptr<Following>& following) {
  const auto& drained = following->drained;
  ports_.containers.find_host(
      drained.host.region, drained.host.cluster, drained.instance_id,
      [this, following](const Result<ContainerHostStatus>& host) {
        if (host && (host->arn.empty() || host->status == "INACTIVE")) {
          return end(following, following->tasks_left == 0 ? "drained" : "gone");
        }
        if (host) {
          following->tasks_left = host->running_tasks + host->pending_tasks;
          if (following->tasks_left == 0) {
            return end(following, "drained");
          }
        }
        if (ports_.clock.now() >= following->drained.ends) {
          return end(following, "not-drained");
        }
        ports_.timers.after(kBetweenLooks, [this, following] { look(following); });
      });
}

void DrainWatch::end(const std::shared_ptr<Following>& following, const std::string& outcome) {
  --followed_;
  nlohmann::json inputs{{"took_s", seconds_of(ports_.clock.now() - following->begun)},
                        {"ends", to_iso8601(following->drained.ends)}};
  if (following->tasks_left >= 0) {
    inputs["tasks_left"] = following->tasks_left;
  }
  static_cast<void>(log_(following->drained.instance_id, "drain", outcome, text_of_inputs(inputs)));
}

}  // namespace spotvane::guard
