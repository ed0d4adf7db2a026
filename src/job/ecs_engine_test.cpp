#include "job/ecs_engine.hpp"

#include "job/job_book.hpp"
#include "ports/containers.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::job {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimePoint kNoon =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};
const model::JobId pi_job{"pi-1"};

struct NoonClock final : Clock {
  TimePoint now() const override { return time; }
  TimePoint time = kNoon;
};

/// A service and its cluster's hosts, as ECS has them.
class FakeService final : public ContainerServices, public Containers {
 public:
  void describe_service(ContainerServiceName, On<ContainerServiceStatus> on_status) override {
    on_status(status);
  }
  void set_desired_count(ContainerServiceName, int count, On<void> on_done) override {
    orders.push_back("desired " + std::to_string(count));
    on_done({});
  }
  void hosts(model::Region, std::string, std::string attribute, std::string value,
             On<std::vector<ServiceHost>> on_hosts) override {
    EXPECT_EQ(attribute + "=" + value, "spotvane.job=pi-1");
    on_hosts(there);
  }
  void drain(ContainerHost host, On<Draining> on_draining) override {
    orders.push_back("drain " + host.arn);
    on_draining(Draining::Begun);
  }
  void find_host(model::Region, std::string, std::string, On<ContainerHostStatus>) override {}
  void put_attributes(ContainerHost, std::vector<std::pair<std::string, std::string>>,
                      On<void>) override {}

  Result<ContainerServiceStatus> status = ContainerServiceStatus{
      .status = "ACTIVE", .launch_type = "EC2", .task_cpu = 1024, .task_memory = 3000};
  std::vector<ServiceHost> there = {};
  std::vector<std::string> orders = {};
};

struct EcsScene {
  void add(const std::string& id, int vcpus,
           const std::function<void(model::JobWorker&)>& set = {}) {
    service.there.push_back({.arn = "arn/" + id,
                             .instance_id = id,
                             .status = "ACTIVE",
                             .cpu = vcpus * 1024,
                             .memory = 7600,
                             .tasks = vcpus});
    model::JobWorker worker{.number = static_cast<std::int64_t>(memory.workers.size()) + 1,
                            .id = model::InstanceId{id},
                            .launched = kNoon - 10min,
                            .running = kNoon - 9min};
    if (set) {
      set(worker);
    }
    memory.workers.push_back(std::move(worker));
  }
  JobBook book() const {
    return JobBook{{.head = {.id = pi_job, .name = "pi", .tasks = 100}, .region = {}, .work = {}},
                   memory,
                   kNoon};
  }
  Result<void> start() {
    std::optional<Result<void>> ready;
    engine.start([&](Result<void> is) { ready = std::move(is); });
    return *ready;
  }
  void look(const JobBook& seen) {
    engine.look(seen, [](const Result<EngineReport>& report) { EXPECT_TRUE(report); });
  }
  void end() {
    engine.end(Engine::End::Over, [](const Result<void>& ended) { EXPECT_TRUE(ended); });
  }

  NoonClock clock;
  FakeService service;
  JobMemory memory;
  EcsEngine engine{pi_job, {model::Region{"us-east-1"}, "jobs", "pi"}, {clock, service, service}};
};

TEST(EcsEngine, WantsAsManyTasksAsTheJobsHostsHold) {
  EcsScene scene;
  scene.add("i-1", 2);
  scene.add("i-2", 4);  // memory for two
  scene.service.there.push_back({.arn = "arn/x", .instance_id = "i-x", .status = "ACTIVE"});
  ASSERT_TRUE(scene.start());
  scene.look(scene.book());
  scene.look(scene.book());
  EXPECT_THAT(scene.service.orders, ElementsAre("desired 4"));  // once
}

TEST(EcsEngine, DrainsHostsThatAreToGoAfterItWantsNoTasksOnThem) {
  EcsScene scene;
  scene.add("i-1", 2);
  scene.add("i-2", 2, [](model::JobWorker& worker) { worker.noticed = kNoon; });
  scene.add("i-3", 2, [](model::JobWorker& worker) { worker.ending = kNoon; });
  ASSERT_TRUE(scene.start());
  scene.look(scene.book());
  EXPECT_THAT(scene.service.orders, ElementsAre("desired 2", "drain arn/i-3", "drain arn/i-2"));

  // One that is to end is held until its tasks have ended, and not for ever.
  const auto& ending = scene.memory.workers.back();
  EXPECT_TRUE(scene.engine.holds(ending));
  scene.clock.time += 2min;
  EXPECT_FALSE(scene.engine.holds(ending));
  scene.clock.time = kNoon;
  scene.service.there.back().tasks = 0;
  scene.look(scene.book());
  EXPECT_FALSE(scene.engine.holds(ending));
}

TEST(EcsEngine, LeavesNoTaskOfAJobThatIsOver) {
  EcsScene scene;
  scene.add("i-1", 2);
  ASSERT_TRUE(scene.start());
  auto book = scene.book();
  scene.look(book);
  book.wind_up(model::JobState::Stopped, "by its user", kNoon);
  const auto& worker = book.workers().at(1);
  EXPECT_TRUE(scene.engine.holds(worker));  // it is to be drained first
  scene.look(book);
  EXPECT_FALSE(scene.engine.holds(worker));
  EXPECT_THAT(scene.service.orders, ElementsAre("desired 2", "desired 0", "drain arn/i-1"));

  // By a manager that never began it, too.
  EcsScene later;
  later.end();
  EXPECT_THAT(later.service.orders, ElementsAre("desired 0"));
}

TEST(EcsEngine, TouchesNoServiceThatCannotBeAJobs) {
  const auto refused = [](const std::function<void(ContainerServiceStatus&)>& set) {
    EcsScene scene;
    set(*scene.service.status);
    const auto started = scene.start();
    scene.end();
    EXPECT_THAT(scene.service.orders, IsEmpty());
    return started ? std::string{} : started.error().message;
  };
  EXPECT_THAT(refused([](auto& status) { status.launch_type = "FARGATE"; }), HasSubstr("Fargate"));
  EXPECT_THAT(refused([](auto& status) { status.is_daemon = true; }), HasSubstr("daemon"));
  EXPECT_THAT(refused([](auto& status) { status.status = "INACTIVE"; }), HasSubstr("is INACTIVE"));
  EXPECT_THAT(refused([](auto& status) { status.task_cpu = status.task_memory = 0; }),
              HasSubstr("how large its tasks are"));

  EcsScene missing;
  missing.service.status = fail(ErrorKind::NotFound, "no such service");
  EXPECT_FALSE(missing.start());
  missing.end();
  EXPECT_THAT(missing.service.orders, IsEmpty());
}

TEST(EcsEngine, MakesAnInstanceAHostOfItsClusterAndJob) {
  EXPECT_THAT(host_setup("jobs", pi_job),
              testing::AllOf(HasSubstr("\nECS_CLUSTER=jobs\n"),
                             HasSubstr("\nECS_INSTANCE_ATTRIBUTES={\"spotvane.job\":\"pi-1\"}\n")));
}

}  // namespace

}  // namespace spotvane::job
