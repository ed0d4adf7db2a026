#pragma once

#include "sim/instance_orders.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::sim {

/// A stored launch. What it launches is in the words of the API that reads it back.
struct LaunchTemplate {
  std::string id;
  std::string name;
  Owner owner;
  std::string created_by = {};
  Tags tags = {};
  std::vector<std::pair<std::string, std::string>> parameters = {};
  TimePoint created_at = {};
  TimePoint visible_at = {};
  TimePoint deleted_at = kNever;
};

/// Everybody's launch templates, of one version each. Pointers stay good for as long as it lives.
class LaunchTemplates {
 public:
  explicit LaunchTemplates(std::uint64_t seed) : seed_{seed} {}

  /// Gives `wanted` an ID and keeps it. A token that was used before gives what it gave then, and
  /// is refused with other parameters; so is a name that is taken.
  Granted<const LaunchTemplate*> create(LaunchTemplate wanted, const ClientToken& token,
                                        TimePoint now);

  /// Refused where there is none.
  Granted<const LaunchTemplate*> remove(const Owner& owner, const std::string& id,
                                        const std::string& name, TimePoint now);

  /// By ID, or where that is empty by name; null where there is none.
  const LaunchTemplate* find(const Owner& owner, const std::string& id, const std::string& name,
                             TimePoint as_of) const;
  LaunchTemplate* find(const Owner& owner, const std::string& id, TimePoint as_of);

  std::vector<const LaunchTemplate*> list(const Owner& owner, TimePoint as_of) const;

  /// Those that were deleted, too.
  const std::deque<LaunchTemplate>& ever() const { return templates_; }

 private:
  struct Remembered {
    std::string parameters;
    std::size_t made;
  };

  std::uint64_t seed_;
  std::deque<LaunchTemplate> templates_;
  std::map<std::pair<Owner, std::string>, Remembered> tokens_;
};

}  // namespace spotvane::sim
