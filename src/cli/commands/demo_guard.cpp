#include "cli/commands/demo_guard.hpp"

#include "cli/demo_folder.hpp"
#include "cli/guard_scene.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr std::uint64_t kSceneSeed = 1;
constexpr Day kSceneDay = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};

double seconds_of(Duration span) {
  return std::chrono::duration<double>(span).count();
}

Value seconds_or_absent(const std::optional<Duration>& span) {
  return span ? Value{seconds_of(*span)} : Value{};
}

/// Of spans in their order; absent where there are none.
Value quantile_of(const std::vector<Duration>& spans, double share) {
  if (spans.empty()) {
    return {};
  }
  const auto index = static_cast<std::size_t>(share * static_cast<double>(spans.size()));
  return seconds_of(spans[std::min(index, spans.size() - 1)]);
}

Table timeline_of(const SceneReport& report) {
  Table table{.name = "timeline", .columns = {{"after_s", 1}, {"event"}}};
  for (const auto& event : report.timeline) {
    table.rows.push_back({seconds_of(event.at - report.notice), event.what});
  }
  return table;
}

Table moments_of(const SceneReport& report) {
  Table table{.name = "hosts_and_tasks",
              .columns = {{"after_s", 0}, {"spot_hosts"}, {"draining"}, {"on_demand_hosts"}}};
  for (const auto& service : report.services) {
    table.columns.push_back({service.name + "_running"});
  }
  for (const auto& moment : report.moments) {
    std::vector<Value> row{seconds_of(moment.at - report.notice), whole(moment.spot_hosts),
                           whole(moment.draining), whole(moment.on_demand_hosts)};
    for (const int running : moment.running) {
      row.push_back(whole(running));
    }
    // Of minutes in which nothing changes the first and the last say enough.
    const auto is_same = [&](const std::vector<Value>& other) {
      return std::equal(
          row.begin() + 1, row.end(), other.begin() + 1, other.end(),
          [](const Value& a, const Value& b) { return to_plain_text(a) == to_plain_text(b); });
    };
    auto& rows = table.rows;
    if (rows.size() > 1 && is_same(rows.back()) && is_same(rows[rows.size() - 2])) {
      rows.pop_back();
    }
    rows.push_back(std::move(row));
  }
  return table;
}

Table services_of(const SceneReport& report) {
  Table table{.name = "services",
              .columns = {{"service"},
                          {"desired"},
                          {"minimum"},
                          {"fewest_running"},
                          {"below_minimum_s", 1},
                          {"tasks_lost"}}};
  for (const auto& one : report.services) {
    table.rows.push_back({one.name, whole(one.desired), whole(one.minimum),
                          whole(one.fewest_running), one.below_minimum_s, whole(one.tasks_lost)});
  }
  return table;
}

bool is_kept(const SceneReport& report) {
  return report.drained_twice == 0 && report.lost_with_hosts == 0 &&
         static_cast<int>(report.until_draining.size()) == report.interrupted &&
         std::all_of(report.services.begin(), report.services.end(), [](const auto& one) {
           return one.below_minimum_s == 0.0 && one.tasks_lost == 0;
         });
}

}  // namespace

void DemoGuard::declare(Flags& flags, Settings& /*settings*/) {
  flags.seed("seed", "of the market and of all draws (default 1)", seed_);
  flags.number("hosts", "N", "spot hosts of the cluster; every other one is taken back", hosts_, 4,
               2000);
}

Result<ExitCode> DemoGuard::run(Environment& environment) {
  const auto folder = environment.settings.home / "demo-guard";
  const auto seed = seed_.value_or(kSceneSeed);
  if (auto made = make_demo_folder(folder); !made) {
    return tl::unexpected(made.error());
  }
  auto catalog = lab::load_catalog_data();
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  auto& world = environment.world;
  lab::Lab lab{{.world = {.seed = seed}, .speed = 0.0, .start = TimePoint{kSceneDay}},
               std::move(*catalog),
               world.wall_clock()};
  auto listening = world.listen(0, lab);
  if (!listening) {
    return tl::unexpected(listening.error());
  }
  const auto endpoint = fmt::format("http://127.0.0.1:{}", (*listening)->port());
  environment.console.say(
      fmt::format("A lab is up at {} (seed {}): an ECS cluster on a Spot Fleet of {} hosts, an "
                  "agent on each, and a controller. Half of the hosts will be taken back at once.",
                  endpoint, seed, hosts_));
  auto home = world.open_home({folder}, HomeUse::Shared);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto cloud = world.connect({.region = "us-east-1",
                              .endpoint_url = endpoint,
                              .keys = CloudOptions::Keys{"test", "test"},
                              .one_at_a_time = true});
  if (!cloud) {
    return tl::unexpected(std::move(cloud.error()));
  }
  GuardScene scene{world, **cloud, lab, endpoint, (*home)->state(), {.hosts = hosts_}};
  const auto report = scene.play();
  if (!report) {
    return tl::unexpected(report.error());
  }
  const bool is_good = is_kept(*report);
  environment.show(
      {.facts = {{"hosts", static_cast<std::int64_t>(hosts_)},
                 {"taken_back", whole(report->interrupted)},
                 {"draining_p50_s", quantile_of(report->until_draining, 0.5)},
                 {"draining_p99_s", quantile_of(report->until_draining, 0.99)},
                 {"draining_last_s", quantile_of(report->until_draining, 1.0)},
                 {"capacity_ordered_after_s", seconds_or_absent(report->until_capacity)},
                 {"drained_twice", whole(report->drained_twice)},
                 {"whole_again", report->is_whole_again},
                 {"services_kept", is_good}},
       .tables = {timeline_of(*report), moments_of(*report), services_of(*report)}});
  environment.console.say(fmt::format(
      "every decision and its inputs: spotvane controller log --home {}", folder.string()));
  if (!is_good) {
    return fail(ErrorKind::Unavailable,
                "a service fell below its minimum, or a host was not drained, or twice");
  }
  return ExitCode::Done;
}

}  // namespace spotvane::cli
