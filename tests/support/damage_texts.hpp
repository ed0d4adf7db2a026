#pragma once
#include "spotlake/damage.hpp"

#include <string>
#include <vector>

namespace spotvane::spotlake {

/// What a person would read of each.
inline std::vector<std::string> texts(const std::vector<Damage>& damage) {
  std::vector<std::string> texts;
  for (const auto& one : damage) {
    texts.push_back(to_text(one));
  }
  return texts;
}

}  // namespace spotvane::spotlake
