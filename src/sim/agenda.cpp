#include "sim/agenda.hpp"

namespace spotvane::sim {

void Agenda::at(TimePoint when, std::function<void()> what) {
  pending_.emplace(std::pair{when, ++sequence_}, std::move(what));
}

TimePoint Agenda::next() const {
  return pending_.empty() ? kNever : pending_.begin()->first.first;
}

bool Agenda::run_one(TimePoint now) {
  if (next() > now) {
    return false;
  }
  const auto what = pending_.extract(pending_.begin());
  what.mapped()();
  return true;
}

}  // namespace spotvane::sim
