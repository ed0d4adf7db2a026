#pragma once

#include "sim/instance.hpp"

#include <map>
#include <string>

namespace spotvane::sim {

/// How much an account held at once, in all regions, counted as it happened.
///
/// What is `live` is pending or running and so costs money or is about to. What is `claimed` is all
/// that may still be or become live: also what is shutting down, and what is asked for and open.
class InstanceAudit {
 public:
  struct Count {
    int instances = 0;
    int vcpus = 0;
  };
  struct Peak {
    Count most;  ///< instances and vCPUs each by themselves
    TimePoint instances_at = {};
    TimePoint vcpus_at = {};
  };
  struct Account {
    Count live;
    Count claimed;
    Peak most_live = {};
    Peak most_claimed = {};
    std::uint64_t instances_ever = 0;
    std::uint64_t requests_ever = 0;
  };

  void asked(const SpotRequest& request, TimePoint now);
  /// It will not be fulfilled any more, or its instance takes its place.
  void unasked(const SpotRequest& request, TimePoint now);
  void launched(const Instance& instance, TimePoint now);
  void shutting_down(const Instance& instance, TimePoint now);
  void gone(const Instance& instance, TimePoint now);

  /// By ID.
  const std::map<std::string, Account>& accounts() const { return accounts_; }

 private:
  std::map<std::string, Account> accounts_;
};

}  // namespace spotvane::sim
