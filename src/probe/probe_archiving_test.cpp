#include "probe/probe_archiving.hpp"

#include "sim/memory_probe_archive.hpp"
#include "sim/memory_state_store.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::probe {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kRequested =
    std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + std::chrono::hours{12};

/// A probe of one instance that was ready after 100 s, and what it cost.
void keep_cleared(ProbeLedger& ledger, const std::string& id, TimePoint requested = kRequested) {
  const model::ProbeId probe{id};
  ASSERT_TRUE(ledger.begin({.id = probe,
                            .pool = {model::InstanceType{"m5.large"}, model::Region{"us-east-1"},
                                     model::ZoneId{"use1-az4"}},
                            .count = 1,
                            .intended = requested - 1s}));
  ASSERT_TRUE(
      ledger.add({.probe = probe,
                  .requested = requested,
                  .events = {{requested + 2s, "i-1", "fulfilled", "sir-1"},
                             {requested + 100s, "i-1", "ready"}},
                  .ready = {{requested + 100s, 1}},
                  .end = model::ProbeEnd{requested + 100s, model::ProbeOutcome::AllReady, ""},
                  .cleared = model::ProbeClearance{requested + 200s, Money::from_dollars(0.25)}}));
}

std::vector<std::string> words(const std::vector<model::ProbeRow>& rows) {
  std::vector<std::string> all;
  for (const auto& row : rows) {
    all.push_back(fmt::format("{} {} {} {}", (row.at - row.requested) / 1s, row.subject, row.what,
                              row.detail));
  }
  return all;
}

TEST(ProbeArchiving, WritesDownAllThatIsKnownOfAProbeByTime) {
  sim::MemoryStateStore state;
  sim::MemoryProbeArchive archive;
  keep_cleared(state.probes(), "p1");

  ASSERT_EQ(archive_probes(state.probes(), archive).value(), 1U);

  EXPECT_THAT(words(archive.shown_rows()),
              ElementsAre("0  requested ", "2 i-1 fulfilled sir-1", "100 i-1 ready ",
                          "100  ready-count 1", "100  ended all-ready", "200  cleared 0.25"));
  EXPECT_EQ(state.probes().files()->front().path, "day=2026-08-01/p1.parquet");
}

TEST(ProbeArchiving, LeavesOutWhatMayStillGoOn) {
  sim::MemoryStateStore state;
  sim::MemoryProbeArchive archive;
  ASSERT_TRUE(
      state.probes().begin({.id = model::ProbeId{"p1"}, .pool = {}, .intended = kRequested}));

  EXPECT_EQ(archive_probes(state.probes(), archive).value(), 0U);
  EXPECT_THAT(archive.shown_rows(), IsEmpty());
}

TEST(ProbeArchiving, HasEveryProbeOnceWhereverItCrashes) {
  bool has_crashed = true;
  for (std::uint64_t place = 0; has_crashed; ++place) {
    SCOPED_TRACE(fmt::format("crash at place {}", place));
    sim::CrashPoint crash;
    sim::MemoryStateStore state{&crash};
    sim::MemoryProbeArchive archive{&crash};
    keep_cleared(state.probes(), "p1");
    keep_cleared(state.probes(), "p2", kRequested + 24h);

    crash.arm(place);
    has_crashed = false;
    try {
      ASSERT_TRUE(archive_probes(state.probes(), archive));
    } catch (const sim::Crash&) {
      has_crashed = true;
    }
    crash.disarm();
    keep_cleared(state.probes(), "p3");

    ASSERT_TRUE(archive_probes(state.probes(), archive));
    EXPECT_THAT(archive.shown_rows(), SizeIs(3 * 6));
    EXPECT_EQ(archive.file_count(), state.probes().files()->size()) << "nothing else lies there";
    EXPECT_EQ(archive_probes(state.probes(), archive).value(), 0U);
  }
}

}  // namespace

}  // namespace spotvane::probe
