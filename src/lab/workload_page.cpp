#include "lab/workload_page.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace spotvane::lab {

namespace {

using nlohmann::json;

/// A setting that is a number, and what it may be.
struct WorkloadNumber {
  std::string_view name;
  double sim::WorkloadSettings::* member;
  double most;
};

constexpr std::array kWorkloadNumbers{
    WorkloadNumber{"tasks_per_vcpu_second", &sim::WorkloadSettings::tasks_per_vcpu_second, 1e9},
    WorkloadNumber{"noise", &sim::WorkloadSettings::noise, 1.0},
    WorkloadNumber{"scaling_penalty", &sim::WorkloadSettings::scaling_penalty, 1.0},
};

json settings_row(const sim::WorkloadSettings& settings) {
  json row = json::object();
  for (const auto& number : kWorkloadNumbers) {
    row[std::string{number.name}] = settings.*number.member;
  }
  row["tasks"] = settings.tasks ? json(*settings.tasks) : json{};
  return row;
}

Result<void> take_workload_member(const std::string& name, const json& value,
                                  sim::WorkloadSettings& settings) {
  const auto number = std::find_if(kWorkloadNumbers.begin(), kWorkloadNumbers.end(),
                                   [&](const auto& one) { return one.name == name; });
  if (number != kWorkloadNumbers.end()) {
    const auto wanted = value.is_number() ? value.get<double>() : -1.0;
    if (wanted < 0.0 || wanted > number->most) {
      return fail(ErrorKind::InvalidInput, "set a workload: '{}' must be a number from 0 to {}",
                  name, number->most);
    }
    settings.*number->member = wanted;
    return {};
  }
  if (name == "tasks") {
    if (!value.is_null() && !value.is_number_unsigned()) {
      return fail(ErrorKind::InvalidInput,
                  "set a workload: 'tasks' must be a whole number from 0 on, or null");
    }
    settings.tasks = value.is_null() ? std::nullopt : std::optional{value.get<std::int64_t>()};
    return {};
  }
  return fail(ErrorKind::InvalidInput,
              "set a workload: unknown member '{}'; there are 'job', 'tasks_per_vcpu_second', "
              "'noise', 'scaling_penalty' and 'tasks'",
              name);
}

}  // namespace

std::string workload_page(const World& world, const std::string& job) {
  const auto& workloads = world.workloads();
  const auto& settings = workloads.settings(job);
  json page = settings_row(settings);
  page["jobs"] = json::array();
  for (const auto& [key, one] : workloads.jobs()) {
    auto row = settings_row(workloads.settings(key.second));
    row["account"] = key.first;
    row["job"] = key.second;
    row["workers"] = one.workers;
    row["workers_ever"] = one.workers_ever;
    row["tasks_completed"] = workloads.tasks_completed(key);
    row["tasks_lost"] = one.tasks_lost;
    page["jobs"].push_back(std::move(row));
  }
  auto& speeds = page["tasks_per_second"] = json::object();
  for (const auto& facts : world.types().facts()) {
    speeds[facts.type.text()] = sim::mean_throughput(settings, facts);
  }
  return page.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<std::string> set_workload(const std::string& text, World& world) {
  const auto order = json::parse(text, nullptr, false);
  if (!order.is_object() || (order.contains("job") && !order["job"].is_string())) {
    return fail(ErrorKind::InvalidInput,
                R"(set a workload: expected {{"job": "NAME", "tasks_per_vcpu_second": 0.5}})");
  }
  auto job = order.value("job", std::string{});
  auto settings = world.workloads().settings(job);
  for (const auto& [name, value] : order.items()) {
    if (name == "job") {
      continue;
    }
    if (auto taken = take_workload_member(name, value, settings); !taken) {
      return tl::unexpected(std::move(taken.error()));
    }
  }
  world.workloads().set(job, settings);
  return job;
}

}  // namespace spotvane::lab
