#include "sim/launch_times.hpp"

#include "sim/value_noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace spotvane::sim {

namespace {

/// At least `least`, and beyond it a lognormal of that median: seconds.
struct Latency {
  double least;
  double median;
  double spread;
};

// Fitted to 802 on-demand launches of 2024: request to boot of virtual machines at 5, 50, 95 and
// 99 %: 15, 22.6, 52 and 102 s; of bare metal 27, 46, 61 and 83 s.
constexpr Latency kVirtualRunning{13.0, 9.4, 0.8};
constexpr Latency kMetalRunning{14.0, 31.0, 0.3};
/// And so many virtual machines take so much longer.
constexpr double kStragglers = 0.02;
constexpr double kStraggling = 5.0;
// Nobody has published these; EC2 looks at an instance once a minute and wants to see it well.
constexpr Latency kSystemOk{50.0, 60.0, 0.45};
constexpr Latency kInstanceOk{60.0, 90.0, 0.45};
constexpr Latency kEbsOk{45.0, 60.0, 0.4};
constexpr Latency kEvaluation{0.3, 0.9, 0.6};
constexpr Latency kFulfilment{0.5, 1.6, 0.7};
constexpr Latency kShutdown{8.0, 25.0, 0.5};

Duration draw(const Latency& latency, std::uint64_t key, double strain = 1.0) {
  const auto seconds =
      latency.least + latency.median * strain * std::exp(latency.spread * gaussian(key));
  return Duration{std::llround(seconds * 1000.0)};
}

/// The families before Nitro.
constexpr std::array<std::string_view, 17> kXenFamilies{"c1", "c3", "c4", "d2", "h1", "i2",
                                                        "i3", "m1", "m2", "m3", "m4", "r3",
                                                        "r4", "t1", "t2", "x1", "x1e"};

}  // namespace

double launch_strain(double room) {
  // Plenty: four more than e^1.5, where three types would score 5 and more.
  constexpr double kPlenty = 1.5;
  const double margin = std::log(std::max(room, 0.5));
  return std::exp(0.8 * std::max(0.0, kPlenty - margin));
}

LaunchTimes draw_launch_times(std::uint64_t key, const model::InstanceTypeFacts& type,
                              double strain) {
  const bool straggles = !type.is_bare_metal && uniform(derive(key, "straggles")) < kStragglers;
  const auto running = draw(type.is_bare_metal ? kMetalRunning : kVirtualRunning,
                            derive(key, "running"), straggles ? kStraggling * strain : strain);
  LaunchTimes times{.running = running,
                    .system_ok = running + draw(kSystemOk, derive(key, "system")),
                    .instance_ok = running + draw(kInstanceOk, derive(key, "instance")),
                    .ebs_ok = std::nullopt};
  if (reports_ebs_check(type.type)) {
    times.ebs_ok = running + draw(kEbsOk, derive(key, "ebs"));
  }
  return times;
}

Duration draw_evaluation(std::uint64_t key) {
  return draw(kEvaluation, derive(key, "evaluation"));
}

Duration draw_fulfilment(std::uint64_t key, double strain) {
  return draw(kFulfilment, derive(key, "fulfilment"), strain * strain);
}

Duration draw_next_evaluation(std::uint64_t key) {
  return std::chrono::seconds{15} +
         Duration{static_cast<std::int64_t>(30'000.0 * uniform(derive(key, "again")))};
}

Duration draw_shutdown(std::uint64_t key) {
  return draw(kShutdown, derive(key, "shutdown"));
}

bool reports_ebs_check(const model::InstanceType& type) {
  const auto family = model::family(type);
  return model::size(type).starts_with("metal") ||
         std::find(kXenFamilies.begin(), kXenFamilies.end(), family) == kXenFamilies.end();
}

}  // namespace spotvane::sim
