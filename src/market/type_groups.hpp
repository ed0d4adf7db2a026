#pragma once

#include "model/instance_type.hpp"

#include <vector>

namespace spotvane::market {

/// Types that may stand in for each other, sorted by name.
using TypeGroup = std::vector<model::InstanceType>;

/// The groups of three or more interchangeable types among `facts`: same vCPUs, architectures and
/// GPUs, memory within a factor.
std::vector<TypeGroup> interchangeable_types(const std::vector<model::InstanceTypeFacts>& facts,
                                             double memory_factor);

}  // namespace spotvane::market
