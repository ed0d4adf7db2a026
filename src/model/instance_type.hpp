#pragma once

#include "base/named.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::model {

/// "m6gd.medium".
using InstanceType = Named<struct InstanceTypeTag>;

/// "m6gd" of "m6gd.medium".
inline std::string_view family(const InstanceType& type) {
  return std::string_view{type.text()}.substr(0, type.text().find('.'));
}

/// "medium" of "m6gd.medium"; empty where there is no dot.
inline std::string_view size(const InstanceType& type) {
  const auto dot = type.text().find('.');
  return dot == std::string::npos ? std::string_view{}
                                  : std::string_view{type.text()}.substr(dot + 1);
}

/// What AWS says of an instance type, as far as any part of spotvane asks.
struct InstanceTypeFacts {
  InstanceType type;
  int vcpus = 0;
  std::int64_t memory_mib = 0;
  std::vector<std::string> architectures = {};  ///< "x86_64", "arm64", "i386"
  int gpus = 0;
  bool offered_as_spot = true;
  bool is_bare_metal = false;
  bool is_current_generation = true;
  std::string network = {};           ///< AWS's words: "Up to 25 Gigabit"
  std::string gpu = {};               ///< of its GPUs or other accelerators: "NVIDIA T4"
  std::int64_t gpu_memory_mib = 0;    ///< of all of them
  std::int64_t local_disk_gb = 0;     ///< instance store
  std::string cpu_manufacturer = {};  ///< "Intel", "AMD", "AWS"
};

}  // namespace spotvane::model
