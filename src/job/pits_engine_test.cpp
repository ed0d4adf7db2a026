#include "job/pits_engine.hpp"

#include "job/job_book.hpp"
#include "sim/event_loop.hpp"

#include <gmock/gmock.h>

#include <map>

namespace spotvane::job {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Programs of which nothing is but their files.
struct PaperPrograms final : DetachedPrograms {
  Result<void> start(const std::string& name, const std::vector<std::string>& /*words*/) override {
    alive.insert(name);
    files[name]["progress.json"] = R"({"state": "running", "done": 0, "error": ""})";
    return {};
  }
  bool is_alive(const std::string& name) const override { return alive.contains(name); }
  void kill(const std::string& name) override { alive.erase(name); }
  Result<std::optional<std::string>> read(const std::string& name,
                                          const std::string& file) const override {
    const auto folder = files.find(name);
    const bool is_there = folder != files.end() && folder->second.contains(file);
    return is_there ? std::optional{folder->second.at(file)} : std::nullopt;
  }
  Result<void> write(const std::string& name, const std::string& file,
                     const std::string& text) override {
    files[name][file] = text;
    return {};
  }
  void remove(const std::string& name, const std::string& file) override {
    files[name].erase(file);
  }
  std::string folder(const std::string& name) const override { return "jobs/" + name; }

  std::set<std::string> alive;
  std::map<std::string, std::map<std::string, std::string>> files;
};

class Pits : public testing::Test {
 protected:
  Pits() { restart_spotvane(); }

  void restart_spotvane() {
    engine = std::make_unique<PitsEngine>(model::JobId{"pi"}, PitsOptions{.module = "pi.so"},
                                          PitsEngine::Ports{programs, loop, loop, loop});
    Result<void> ready = fail(ErrorKind::Busy, "it never called back");
    engine->start([&](const Result<void>& result) { ready = result; });
    loop.run_for(1s);
    ASSERT_TRUE(ready) << ready.error().message;
  }

  Result<EngineReport> looked() {
    Result<EngineReport> told = fail(ErrorKind::Busy, "it never called back");
    engine->look(book, [&](const Result<EngineReport>& report) { told = report; });
    loop.run_for(1s);
    return told;
  }

  void say(const std::string& run, const std::string& progress) {
    programs.files[run]["progress.json"] = progress;
  }

  sim::EventLoop loop{TimePoint{} + 24h};
  PaperPrograms programs;
  JobBook book{JobSpec{.head = {.id = model::JobId{"pi"}, .name = "pi", .tasks = 100},
                       .region = model::Region{"us-east-1"},
                       .work = {.tasks = 100, .nodes = 2}},
               {},
               TimePoint{} + 24h};
  std::unique_ptr<PitsEngine> engine;
  const model::InstanceId worker{"i-1"};
};

TEST_F(Pits, GoesOnWithTheJobManagerThatRuns) {
  say("pi.1", R"({"state": "running", "done": 40, "error": ""})");
  restart_spotvane();

  EXPECT_EQ(looked()->tasks_done, 40);
  EXPECT_EQ(programs.alive, std::set<std::string>{"pi.1"});
  say("pi.1", R"({"state": "done", "done": 100, "error": ""})");
  programs.alive.clear();
  EXPECT_TRUE(looked()->is_done);
}

TEST_F(Pits, BeginsAnewAsAnotherRunWhereTheJobManagerDied) {
  say("pi.1", R"({"state": "running", "done": 40, "error": ""})");
  programs.alive.clear();

  const auto told = looked();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->tasks_done, 0);
  EXPECT_THAT(told->restarted, HasSubstr("keeps no checkpoint"));
  EXPECT_EQ(programs.alive, std::set<std::string>{"pi.2"});
  EXPECT_THAT(engine->answer(worker, R"({"run": "pi.1", "address": "10.0.0.7:7727"})"),
              HasSubstr(R"("run":"pi.2")"));
  EXPECT_FALSE(programs.files["pi.2"].contains("nodes/i-1")) << "it works for the run that died";
}

TEST_F(Pits, SaysWhyAJobCanNeverBeDone) {
  say("pi.1",
      R"({"state": "failed", "done": 3, "error": "the module ended its job with status 7"})");
  programs.alive.clear();

  EXPECT_EQ(looked()->failure->message, "the module ended its job with status 7");
}

TEST_F(Pits, TellsTheJobManagerWhereWorkersAre) {
  engine->answer(worker, R"({"run": "pi.1", "address": "10.0.0.7:7727"})");
  EXPECT_EQ(programs.files["pi.1"]["nodes/i-1"], "node 10.0.0.7:7727\n");

  engine->answer(worker, R"({"run": "pi.1", "address": "10.0.0.8:1\nnode 10.6.6.6:1"})");
  EXPECT_EQ(programs.files["pi.1"]["nodes/i-1"], "node 10.0.0.7:7727\n");
}

TEST_F(Pits, SaysWhatKeepsWorkersFromWorkingAndFailsWhereItKeepsThemAll) {
  engine->answer(worker, R"({"error": "the module cannot be loaded"})");
  EXPECT_EQ(looked().error().message, "worker 'i-1' cannot work: the module cannot be loaded");
  EXPECT_TRUE(looked()) << "it is said once";

  engine->answer(model::InstanceId{"i-2"}, R"({"error": "the module cannot be loaded"})");
  EXPECT_EQ(looked()->failure->message, "no worker can work: the module cannot be loaded");
}

TEST_F(Pits, IsEndedWithTheJobAndKeptWhereItIsPaused) {
  engine->end(Engine::End::Paused, [](const Result<void>&) {});
  EXPECT_EQ(programs.alive.size(), 1U);
  engine->end(Engine::End::Over, [](const Result<void>&) {});
  EXPECT_TRUE(programs.alive.empty());
}

}  // namespace
}  // namespace spotvane::job
