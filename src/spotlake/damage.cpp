#include "spotlake/damage.hpp"

#include <fmt/format.h>

namespace spotvane::spotlake {

std::string to_text(const Damage& damage) {
  return damage.line == 0 ? fmt::format("{}: {}", damage.file, damage.reason)
                          : fmt::format("{}, line {}: {}", damage.file, damage.line, damage.reason);
}

void FileDamage::add(std::uint64_t line, std::string reason) {
  if (places_.size() < kDamageShown) {
    places_.push_back({file_, line, std::move(reason)});
  } else {
    ++further_;
  }
}

std::vector<Damage> FileDamage::take() && {
  if (further_ > 0) {
    places_.push_back({file_, 0, fmt::format("{} further lines are damaged", further_)});
  }
  return std::move(places_);
}

}  // namespace spotvane::spotlake
