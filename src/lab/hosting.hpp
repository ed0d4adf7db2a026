#pragma once

#include "ports/machines.hpp"
#include "sim/instance.hpp"

#include <string>

namespace spotvane::lab {

/// Instances as machines that really run their user data.
///
/// A script ("#!") runs from `running` on, with its metadata, this lab and its region in its
/// environment; of other user data the console says that it was not run.
class Hosting {
 public:
  /// `address`: the lab's, "http://127.0.0.1:4599". The machines must outlive it.
  Hosting(Machines& machines, std::string address)
      : machines_{machines}, address_{std::move(address)} {}

  void running(const sim::Instance& instance);
  void shutting_down(const sim::Instance& instance) { machines_.shut_down(instance.id); }
  void terminated(const sim::Instance& instance) { machines_.cut_power(instance.id); }

  std::string console(const sim::Instance& instance) const {
    return machines_.console(instance.id);
  }

 private:
  Machines& machines_;
  std::string address_;
};

}  // namespace spotvane::lab
