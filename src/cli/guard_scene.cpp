#include "cli/guard_scene.hpp"

#include "base/assert.hpp"
#include "cli/await_answer.hpp"
#include "cli/guard_scene_place.hpp"
#include "cli/lab_steps.hpp"
#include "cli/scene_agents.hpp"
#include "cli/stepped_transport.hpp"
#include "guard/guard.hpp"
#include "guard/queue_feed.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::cli {

using namespace std::chrono_literals;

namespace {

/// The precious one first: what others leave of on-demand hosts may be too little.
constexpr std::array<SceneOrder, 3> kServices{
    {{"checkout", 4, 100, true}, {"web", 18, 50, false}, {"api", 12, 75, false}}};
constexpr int kUsualHosts = 12;
constexpr int kAlwaysOn = 2;        // hosts on demand
constexpr int kCapacityFactor = 1;  // of the market's pools
/// CloudWatch shows a fleet's figures up to two and a half minutes late.
constexpr Duration kWarmUp = 5min;
constexpr Duration kBeforeNotice = 3s;
constexpr Duration kWatched = 4min;  // by the agents, after the notice
constexpr Duration kLongestWait = 30min;
constexpr Duration kBetweenMoments = 15s;

}  // namespace

struct GuardScene::Impl {
  World& world;
  Cloud& cloud;
  lab::Lab& lab;
  std::string endpoint;
  StateStore& state;
  GuardSceneOptions options;

  lab::LocalCalls calls{lab, world.wall_clock(), endpoint.substr(endpoint.find("//") + 2),
                        kSceneRegion};
  std::optional<SteppedTransport> metadata = {};
  LabSteps steps{lab, world,
                 [this] { return cloud.under_way() + (metadata ? metadata->under_way() : 0); }};
  std::string queue = {};
  std::string fleet = {};
  std::optional<SceneAgents> agents = {};
  std::unique_ptr<guard::Guard> guard = {};
  std::unique_ptr<guard::QueueFeed> feed = {};
  SceneReport report = {};

  const lab::World& look() { return lab.look(); }
  /// What there is so many of around twelve hosts.
  int scaled(int usual) const { return (usual * options.hosts + kUsualHosts - 1) / kUsualHosts; }

  Result<void> set_up();
  void start_controller();
  void review();
  void keep_looking(Duration every, std::function<void()> what);
  Result<void> pass(Duration span);
  Result<void> wait_for(std::string_view what, const std::function<bool()>& is_so);
  bool is_whole_again();
  std::vector<std::string> hosts();
  std::vector<std::string> doomed();
  void tell(std::string what) { report.timeline.push_back({lab.clock().now(), std::move(what)}); }
};

GuardScene::GuardScene(World& world, Cloud& cloud, lab::Lab& lab, std::string endpoint,
                       StateStore& state, GuardSceneOptions options)
    : impl_{new Impl{world, cloud, lab, std::move(endpoint), state, options}} {}

GuardScene::~GuardScene() = default;

Result<void> GuardScene::Impl::set_up() {
  const auto transport = world.http();
  if (!transport) {
    return tl::unexpected(transport.error());
  }
  metadata.emplace(**transport);
  const auto images = await_answer<std::vector<model::Image>>(world, [&](auto on) {
    cloud.images().latest_amazon_linux(model::Region{kSceneRegion}, std::move(on));
  });
  if (!images) {
    return tl::unexpected(images.error());
  }
  const auto image = std::find_if(images->begin(), images->end(),
                                  [](const auto& one) { return one.architecture == "x86_64"; });
  SPOTVANE_ASSERT(image != images->end());
  auto made = calls
                  .order("faults", fmt::format(R"({{"instances":{{"capacity_factor":{}}}}})",
                                               scaled(kCapacityFactor)))
                  .and_then([&](const std::string&) {
                    return set_up_scene(calls, image->id.text(), scaled(kAlwaysOn), options.hosts);
                  });
  if (!made) {
    return tl::unexpected(std::move(made.error()));
  }
  queue = *std::move(made);
  auto id = await_answer<std::string>(world, [&](auto on) {
    cloud.fleet_orders().create_fleet(scene_fleet(options.hosts), std::move(on));
  });
  if (!id) {
    return tl::unexpected(std::move(id.error()));
  }
  fleet = *std::move(id);
  const auto services = cloud.guard_services();
  agents.emplace(SceneAgents::Place{.endpoint = endpoint,
                                    .queue = queue,
                                    .transport = *metadata,
                                    .containers = services.containers,
                                    .queues = services.queues,
                                    .timers = steps,
                                    .clock = lab.clock()});
  return {};
}

std::vector<std::string> GuardScene::Impl::hosts() {
  std::vector<std::string> instances;
  for (const auto& host : look().clusters().hosts()) {
    if (host.status != sim::HostStatus::Inactive) {
      instances.push_back(host.instance_id);
    }
  }
  return instances;
}

void GuardScene::Impl::start_controller() {
  const auto services = cloud.guard_services();
  guard = std::make_unique<guard::Guard>(guard::Rules{.fleets = {{.fleet_id = fleet,
                                                                  .region = kSceneRegion,
                                                                  .group = kSceneStandIn,
                                                                  .units_per_server = kSceneUnits}},
                                                      .clusters = {kSceneCluster},
                                                      .region = kSceneRegion},
                                         "the controller",
                                         guard::GuardPorts{.containers = services.containers,
                                                           .fleets = services.fleets,
                                                           .groups = services.groups,
                                                           .metrics = services.metrics,
                                                           .state = state,
                                                           .timers = steps,
                                                           .clock = lab.clock(),
                                                           .surveys = &services.surveys});
  feed = std::make_unique<guard::QueueFeed>(
      guard::QueueFeed::Options{.queue_url = queue, .wait = Duration{0}, .pause = 250ms},
      services.queues, *guard, steps, [](const Error&) {});
  feed->start();
  review();
}

void GuardScene::Impl::review() {
  guard->review([this](const Result<void>&) { steps.after(1min, [this] { review(); }); });
}

void GuardScene::Impl::keep_looking(Duration every, std::function<void()> what) {
  what();
  steps.after(every, [this, every, what = std::move(what)] { keep_looking(every, what); });
}

Result<void> GuardScene::Impl::pass(Duration span) {
  const auto until = lab.clock().now() + span;
  steps.after(span, [] {});
  return steps.run_until([&] { return lab.clock().now() >= until; });
}

Result<void> GuardScene::Impl::wait_for(std::string_view what, const std::function<bool()>& is_so) {
  const auto patience = lab.clock().now() + kLongestWait;
  bool has_come = false;
  auto done = steps.run_until([&] {
    has_come = is_so();
    return has_come || lab.clock().now() >= patience;
  });
  if (done && !has_come) {
    return fail(ErrorKind::Unavailable, "the lab did not come to {}", what);
  }
  return done;
}

bool GuardScene::Impl::is_whole_again() {
  const auto& groups = look().groups().groups();
  const auto stand_in = std::find_if(groups.begin(), groups.end(),
                                     [](const auto& one) { return one.name == kSceneStandIn; });
  return hosts_that_take_tasks(look(), true) >= options.hosts && stand_in->settings.desired == 0 &&
         stand_in->changes.size() > 1 && stand_in->members.empty() && is_steady(look());
}

/// Half of the spot hosts, those with the most tasks: the worst half there is.
std::vector<std::string> GuardScene::Impl::doomed() {
  const auto& seen = look();
  std::vector<std::pair<int, std::string>> hosts;
  for (const auto& host : seen.clusters().hosts()) {
    if (host.status == sim::HostStatus::Active &&
        seen.instances().find_any(host.instance_id)->is_spot) {
      hosts.emplace_back(-host.load.running, host.instance_id);
    }
  }
  std::sort(hosts.begin(), hosts.end());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < hosts.size() / 2; ++i) {
    ids.push_back(hosts[i].second);
  }
  return ids;
}

Result<SceneReport> GuardScene::play() {
  auto& it = *impl_;
  auto done = it.set_up();
  if (!done) {
    return tl::unexpected(std::move(done.error()).during("set up the cluster"));
  }
  const auto begun = it.lab.clock().now();
  it.keep_looking(1s, [] {});  // so that time passes in steps of a second at most
  const auto stage = [&](std::string_view what, const std::function<bool()>& is_so) {
    if (done) {
      done = it.wait_for(what, is_so);
    }
  };
  stage("a cluster of its hosts", [&] {
    return hosts_that_take_tasks(it.look(), true) >= it.options.hosts &&
           hosts_that_take_tasks(it.look(), false) == it.scaled(kAlwaysOn);
  });
  it.keep_looking(2s, [&] { it.agents->start_on(it.hosts()); });
  stage("hosts that are marked", [&] {
    const auto& hosts = it.look().clusters().hosts();
    return std::all_of(hosts.begin(), hosts.end(), [](const auto& host) {
      return host.attributes.contains("spotvane.lifecycle");
    });
  });
  it.agents->hold();
  for (auto order : kServices) {
    order.count = it.scaled(order.count);
    if (done) {
      done = set_up_service(it.calls, order);
    }
    stage("services that run", [&] { return is_steady(it.look()); });
  }
  stage("a fleet whose figures are shown",
        [&] { return is_steady(it.look()) && it.lab.clock().now() >= begun + kWarmUp; });
  if (done) {
    it.start_controller();
    it.agents->let_go();
    done = it.pass(kBeforeNotice);
  }
  if (!done) {
    return tl::unexpected(std::move(done.error()));
  }

  const auto doomed = it.doomed();
  it.report.notice = it.lab.clock().now();
  it.report.interrupted = static_cast<int>(doomed.size());
  it.tell(fmt::format("AWS gives two minutes' notice to {} of {} spot hosts", doomed.size(),
                      hosts_that_take_tasks(it.look(), true)));
  const auto order = fmt::format(R"({{"interrupt":["{}"]}})", fmt::join(doomed, R"(",")"));
  if (auto told = it.calls.order("instances", order); !told) {
    return tl::unexpected(std::move(told.error()));
  }
  it.keep_looking(kBetweenMoments, [&] { it.report.moments.push_back(moment_of(it.look())); });
  done = it.pass(kWatched);
  it.agents->hold();
  if (!done) {
    return tl::unexpected(std::move(done.error()));
  }
  it.report.is_whole_again =
      it.wait_for("the fleet whole again", [&] { return it.is_whole_again(); }).has_value();
  if (it.report.is_whole_again) {
    it.tell("the fleet is whole, and the stand-ins are given back");
  }
  it.report.moments.push_back(moment_of(it.look()));
  tell_scene(it.look(), kSceneStandIn, it.agents->seen(), it.report);
  std::stable_sort(it.report.timeline.begin(), it.report.timeline.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
  return std::move(it.report);
}

}  // namespace spotvane::cli
