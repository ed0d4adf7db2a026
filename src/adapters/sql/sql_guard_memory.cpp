#include "adapters/sql/sql_guard_memory.hpp"

#include "adapters/sql/sql_database.hpp"

#include <string_view>

namespace spotvane::adapters {

namespace {

/// A time that is NULL reads as 0: nothing was done before 1970.
struct HeldTask {
  std::string holder;
  TimePoint held_until;
  bool is_done;
  TimePoint done;
};

GuardClaim judge_claim(const std::optional<HeldTask>& held, const GuardTask& task, TimePoint now,
                       TimePoint since) {
  if (held && held->is_done && held->done >= since) {
    return GuardClaim::Done;
  }
  const bool is_held =
      held && !held->is_done && held->holder != task.holder && now < held->held_until;
  return is_held ? GuardClaim::Elsewhere : GuardClaim::Taken;
}

}  // namespace

Result<GuardClaim> SqlGuardMemory::claim(const GuardTask& task, TimePoint now, TimePoint until,
                                         TimePoint since) {
  auto claim = GuardClaim::Taken;
  return database_
      .transaction([&]() -> Result<void> {
        const auto held = database_.first<HeldTask>(
            "select holder, held_until_ms, done_ms from guard_task"
            " where task = ?",
            [](const SqlStatement& row) {
              return HeldTask{row.text(0), row.time(1), row.integer(2) != 0, row.time(2)};
            },
            std::string_view{task.key});
        if (!held) {
          return tl::unexpected(held.error());
        }
        claim = judge_claim(*held, task, now, since);
        if (claim != GuardClaim::Taken) {
          return {};
        }
        return database_.run(
            "insert into guard_task (task, holder, held_until_ms, done_ms) values (?, ?, ?, null)"
            " on conflict (task) do update set holder = excluded.holder,"
            " held_until_ms = excluded.held_until_ms, done_ms = null",
            std::string_view{task.key}, std::string_view{task.holder}, until);
      })
      .map([&] { return claim; });
}

Result<void> SqlGuardMemory::finish(const GuardTask& task, TimePoint now) {
  return database_.transaction([&] {
    return database_.run("update guard_task set done_ms = ? where task = ?", now,
                         std::string_view{task.key});
  });
}

Result<void> SqlGuardMemory::release(const GuardTask& task) {
  return database_.transaction([&] {
    return database_.run("delete from guard_task where task = ? and holder = ? and done_ms is null",
                         std::string_view{task.key}, std::string_view{task.holder});
  });
}

Result<void> SqlGuardMemory::note_host(const GuardHost& host, TimePoint since) {
  return database_.transaction([&] {
    return database_.run(
        "insert into guard_host (instance_id, fleet_id, instance_type, told_ms, ends_ms)"
        " values (?, ?, ?, ?, ?) on conflict (instance_id) do update set"
        " fleet_id = excluded.fleet_id, instance_type = excluded.instance_type,"
        " told_ms = excluded.told_ms, ends_ms = excluded.ends_ms where guard_host.told_ms < ?",
        std::string_view{host.instance_id}, std::string_view{host.fleet_id},
        std::string_view{host.instance_type}, host.told, host.ends, since);
  });
}

Result<std::vector<GuardHost>> SqlGuardMemory::hosts(const std::string& fleet_id, TimePoint since) {
  return database_.rows<GuardHost>(
      "select instance_id, fleet_id, instance_type, told_ms, ends_ms from guard_host"
      " where fleet_id = ? and told_ms >= ? order by told_ms, instance_id",
      [](const SqlStatement& row) {
        return GuardHost{row.text(0), row.text(1), row.text(2), row.time(3), row.time(4)};
      },
      std::string_view{fleet_id}, since);
}

Result<void> SqlGuardMemory::add_decision(const GuardDecision& decision) {
  return database_.transaction([&] {
    return database_.run(
        "insert into guard_decision (position, at_ms, subject, what, outcome, inputs) values"
        " ((select coalesce(max(position), 0) + 1 from guard_decision), ?, ?, ?, ?, ?)",
        decision.at, std::string_view{decision.subject}, std::string_view{decision.what},
        std::string_view{decision.outcome}, std::string_view{decision.inputs});
  });
}

Result<std::vector<GuardDecision>> SqlGuardMemory::decisions(int most) {
  return database_.rows<GuardDecision>(
      "select at_ms, subject, what, outcome, inputs from guard_decision"
      " order by position desc limit ?",
      [](const SqlStatement& row) {
        return GuardDecision{row.time(0), row.text(1), row.text(2), row.text(3), row.text(4)};
      },
      most);
}

}  // namespace spotvane::adapters
