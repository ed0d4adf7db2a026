#include "job/job_book.hpp"
#include "job/report_endpoint.hpp"

#include <gtest/gtest.h>

namespace spotvane::job {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};
constexpr Duration kLaunch = 40s;  // from launch to running instance, here
constexpr Duration kBoot = 12s;    // from running instance to running program

model::Instance instance_of(const std::string& id, TimePoint launched, model::InstanceState state) {
  return {.id = model::InstanceId{id},
          .state = state,
          .type = model::InstanceType{"c5.large"},
          .zone = model::ZoneName{"us-east-1a"},
          .launched = launched,
          .request = model::SpotRequestId{"sir-" + id}};
}

JobSpec any_job() {
  JobSpec spec;
  spec.head.id = model::JobId{"j-1"};
  spec.head.begun = kStart;
  spec.head.tasks = spec.work.tasks = 1e6;
  return spec;
}

/// Workers whose start a manager saw, and one that started in its absence: seen pending, then
/// five minutes later running.
struct Absence {
  Absence() : before{any_job(), {}, kStart} {
    const std::vector<std::string> ids{"i-1", "i-2", "i-3"};
    for (auto at = kStart; at <= left; at += 2s) {
      std::vector<model::Instance> seen;
      for (const auto& id : ids) {
        seen.push_back(instance_of(
            id, kStart,
            at < kStart + kLaunch ? model::InstanceState::Pending : model::InstanceState::Running));
      }
      if (at >= late) {
        seen.push_back(instance_of("i-4", late, model::InstanceState::Pending));
      }
      before.saw(at, at, seen, {});
    }
    JobMemory memory;
    for (const auto& [number, worker] : before.workers()) {
      memory.workers.push_back(worker);
    }
    after.emplace(any_job(), std::move(memory), back);
  }

  /// What a look finds after the absence.
  void look(TimePoint at, const std::vector<model::SpotRequest>& requests = {},
            model::InstanceState fourth = model::InstanceState::Running) {
    std::vector<model::Instance> seen;
    for (const auto* id : {"i-1", "i-2", "i-3"}) {
      seen.push_back(instance_of(id, kStart, model::InstanceState::Running));
    }
    seen.push_back(instance_of("i-4", late, fourth));
    if (fourth != model::InstanceState::Running) {
      seen.back().state_reason = "Server.SpotInstanceTermination";
    }
    after->saw(at, at, seen, requests);
  }

  ReportVerdict report(const std::string& id, TimePoint began, TimePoint at) {
    return after->take({.id = model::InstanceId{id},
                        .seconds_up = std::chrono::duration<double>(at - began).count()},
                       at);
  }

  const model::JobWorker& fourth() const { return after->workers().rbegin()->second; }

  TimePoint late = kStart + 10min;
  TimePoint left = late + 10s;
  TimePoint back = left + 5min;
  JobBook before;
  std::optional<JobBook> after;
};

TEST(JobSightings, GuessAStartThatNobodySawByThoseThatWereSeen) {
  Absence absence;
  absence.look(absence.back);

  const auto error = *absence.fourth().running - (absence.late + kLaunch);
  EXPECT_LE(std::chrono::abs(error), 2s);
}

TEST(JobSightings, BelieveAProgramThatSaysHowLongItRuns) {
  Absence absence;
  const auto running = absence.late + kLaunch + 55s;  // unlike the others
  absence.look(absence.back);
  for (const auto* id : {"i-1", "i-2", "i-3"}) {
    EXPECT_EQ(absence.report(id, kStart + kLaunch + kBoot, absence.back + 1s),
              ReportVerdict::Taken);
  }
  EXPECT_EQ(absence.report("i-4", running + kBoot, absence.back + 1s), ReportVerdict::Taken);
  absence.look(absence.back + 2s);

  EXPECT_LE(std::chrono::abs(*absence.fourth().running - running), 2s);
}

TEST(JobSightings, KeepAStartWithinWhatWasSeenWhateverAProgramSays) {
  Absence absence;
  absence.look(absence.back);
  EXPECT_EQ(absence.report("i-1", kStart + kLaunch + kBoot, absence.back + 1s),
            ReportVerdict::Taken);
  EXPECT_EQ(absence.report("i-4", kStart - 30h, absence.back + 1s), ReportVerdict::Taken);
  absence.look(absence.back + 2s);
  EXPECT_GE(*absence.fourth().running, absence.late);

  const auto id = model::InstanceId{"i-4"};
  for (const auto nonsense : {-1.0, 1e300, std::nan("")}) {
    EXPECT_EQ(absence.after->take({.id = id, .seconds_up = nonsense}, absence.back + 3s),
              ReportVerdict::Absurd);
  }
}

TEST(JobSightings, EndAnInterruptedWorkerTwoMinutesAfterTheNoticeThatNobodySaw) {
  Absence absence;
  const auto notice = absence.left + 1min;
  absence.look(absence.back,
               {{.id = model::SpotRequestId{"sir-i-4"},
                 .status_code = "instance-terminated-no-capacity",
                 .updated = notice,
                 .instance = model::InstanceId{"i-4"}}},
               model::InstanceState::Terminated);

  EXPECT_EQ(absence.fourth().ended, notice + 2min);
  EXPECT_TRUE(absence.fourth().is_interrupted);
}

TEST(JobReports, SayHowLongAProgramRuns) {
  const auto sent = read_report(R"({"instance_id": "i-1", "up_seconds": 12.5})");
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->seconds_up, 12.5);
  EXPECT_FALSE(read_report(R"({"instance_id": "i-1", "up_seconds": "long"})"));
}

}  // namespace
}  // namespace spotvane::job
