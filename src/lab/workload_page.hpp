#pragma once

#include "base/result.hpp"
#include "lab/world.hpp"

#include <string>
#include <string_view>

namespace spotvane::lab {

/// The jobs of modelled workers and how fast each type is, as JSON: for the job of that name, or
/// where it is empty for those that have no speed of their own.
std::string workload_page(const World& world, const std::string& job);

/// {"job": "pi", "tasks_per_vcpu_second": 0.5, "tasks": 10000}: sets what it names, and gives the
/// job's name. Fails with `InvalidInput`, and then has changed nothing.
Result<std::string> set_workload(const std::string& order, World& world);

}  // namespace spotvane::lab
