// The plans and scores of `SqlStateStore`.

#include "adapters/sql/sql_database.hpp"
#include "adapters/sql/sql_state_store.hpp"
#include "base/split.hpp"

#include <charconv>
#include <tuple>

namespace spotvane::adapters {

namespace {

template <typename Name>
std::vector<Name> read_names(std::string_view text) {
  std::vector<Name> names;
  for (const auto name : split(text, ',')) {
    names.emplace_back(std::string{name});
  }
  return names;
}

model::CapacityUnit read_unit(std::string_view text) {
  for (const auto unit : {model::CapacityUnit::Vcpu, model::CapacityUnit::MemoryMib}) {
    if (text == model::to_text(unit)) {
      return unit;
    }
  }
  return model::CapacityUnit::Units;
}

std::uint64_t read_seed(const std::string& text) {
  std::uint64_t seed = 0;
  std::from_chars(text.data(), text.data() + text.size(), seed);
  return seed;
}

model::PlannedQuery read_query(const SqlStatement& row) {
  model::PlannedQuery planned;
  planned.query.types = read_names<model::InstanceType>(row.text(0));
  planned.query.target_capacity = row.number(1);
  planned.query.unit = read_unit(row.text(2));
  planned.query.regions = read_names<model::Region>(row.text(3));
  planned.query.single_zone = row.flag(4);
  planned.credential = model::CredentialName{row.text(5)};
  planned.reason = row.text(6) == model::to_text(model::PlanReason::Exploit)
                       ? model::PlanReason::Exploit
                       : model::PlanReason::Explore;
  planned.value = row.real(7);
  planned.is_new = row.flag(8);
  return planned;
}

}  // namespace

Result<void> SqlStateStore::save_plan(const model::DayPlan& plan) {
  return database_->transaction([&] {
    std::int64_t position = 0;
    // The plan before takes its queries along.
    return database_->run("delete from plan where day = ?", plan.day)
        .and_then([&] {
          return database_->run(
              "insert into plan (day, seed, quota_known, quota_live, lower_bound)"
              " values (?, ?, ?, ?, ?)",
              plan.day, std::string_view{std::to_string(plan.seed)}, plan.quota_known,
              plan.quota_live, plan.lower_bound);
        })
        .and_then([&] {
          return database_->run_for_each(
              "insert into planned_query (day, position, types, target_capacity, unit, regions,"
              " single_zone, credential, reason, value, is_new)"
              " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              plan.queries, [&](const model::PlannedQuery& planned) {
                const auto& query = planned.query;
                return std::tuple{plan.day,
                                  position++,
                                  fmt::format("{}", fmt::join(query.types, ",")),
                                  query.target_capacity,
                                  model::to_text(query.unit),
                                  fmt::format("{}", fmt::join(query.regions, ",")),
                                  query.single_zone,
                                  planned.credential,
                                  model::to_text(planned.reason),
                                  planned.value,
                                  planned.is_new};
              });
        });
  });
}

Result<std::optional<model::DayPlan>> SqlStateStore::plan(Day day) {
  std::optional<model::DayPlan> plan;
  return database_
      ->snapshot([&] {
        return read_plan(day).map(
            [&](std::optional<model::DayPlan>&& found) { plan = std::move(found); });
      })
      .map([&] { return std::move(plan); });
}

Result<std::optional<model::DayPlan>> SqlStateStore::read_plan(Day day) {
  auto plan = database_->first<model::DayPlan>(
      "select seed, quota_known, quota_live, lower_bound from plan where day = ?",
      [&](const SqlStatement& row) {
        return model::DayPlan{.day = day,
                              .seed = read_seed(row.text(0)),
                              .quota_known = row.number(1),
                              .quota_live = row.number(2),
                              .lower_bound = row.number(3),
                              .queries = {}};
      },
      day);
  if (!plan || !*plan) {
    return plan;
  }
  return database_
      ->rows<model::PlannedQuery>(
          "select types, target_capacity, unit, regions, single_zone, credential, reason, value,"
          " is_new from planned_query where day = ? order by position",
          read_query, day)
      .map([&](std::vector<model::PlannedQuery>&& queries) {
        (*plan)->queries = std::move(queries);
        return std::move(*plan);
      });
}

Result<void> SqlStateStore::save_daily_scores(Day day,
                                              const std::vector<model::DailyScore>& scores) {
  return database_->transaction([&] {
    std::int64_t position = 0;
    return database_->run("delete from daily_score where day = ?", day).and_then([&] {
      return database_->run_for_each(
          "insert into daily_score (day, position, instance_type, region,"
          " sps_changes, band_changes, score) values (?, ?, ?, ?, ?, ?, ?)",
          scores, [&](const model::DailyScore& score) {
            return std::tuple{day,
                              position++,
                              score.pool.type,
                              score.pool.region,
                              score.sps_changes,
                              score.band_changes,
                              score.score};
          });
    });
  });
}

Result<std::vector<model::DailyScore>> SqlStateStore::daily_scores(Day day) {
  return database_->rows<model::DailyScore>(
      "select instance_type, region, sps_changes, band_changes, score from daily_score"
      " where day = ? order by position",
      [](const SqlStatement& row) {
        return model::DailyScore{
            .pool = {model::InstanceType{row.text(0)}, model::Region{row.text(1)}},
            .sps_changes = row.number(2),
            .band_changes = row.number(3),
            .score = row.real(4)};
      },
      day);
}

Result<void> SqlStateStore::save_initial_scores(const std::vector<model::InitialScore>& scores) {
  return database_->transaction([&] {
    std::int64_t position = 0;
    return database_->run("delete from initial_score").and_then([&] {
      return database_->run_for_each(
          "insert into initial_score (position, instance_type, region, sps_cov,"
          " if_cov, score) values (?, ?, ?, ?, ?, ?)",
          scores, [&](const model::InitialScore& score) {
            return std::tuple{position++,    score.pool.type, score.pool.region,
                              score.sps_cov, score.if_cov,    score.score};
          });
    });
  });
}

Result<std::vector<model::InitialScore>> SqlStateStore::initial_scores() {
  return database_->rows<model::InitialScore>(
      "select instance_type, region, sps_cov, if_cov, score from initial_score order by position",
      [](const SqlStatement& row) {
        return model::InitialScore{
            .pool = {model::InstanceType{row.text(0)}, model::Region{row.text(1)}},
            .sps_cov = row.real(2),
            .if_cov = row.real(3),
            .score = row.real(4)};
      });
}

}  // namespace spotvane::adapters
