#pragma once

#include "sim/instance.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace spotvane::sim {

/// What is still to happen, by time. What is due at one moment happens in the order it was put
/// down.
class Agenda {
 public:
  void at(TimePoint when, std::function<void()> what);

  /// Of the next thing; `kNever` where there is none.
  TimePoint next() const;

  /// Lets the next thing happen, which must be due at `now`. False where none is.
  bool run_one(TimePoint now);

 private:
  std::map<std::pair<TimePoint, std::uint64_t>, std::function<void()>> pending_;
  std::uint64_t sequence_ = 0;
};

}  // namespace spotvane::sim
