#pragma once

#include "cli/scene_report.hpp"
#include "cli/world.hpp"
#include "lab/lab.hpp"

#include <memory>
#include <string>

namespace spotvane::cli {

/// What is to be shown of the guard.
struct GuardSceneOptions {
  int hosts = 12;  ///< spot instances of the fleet; half of them are taken back
};

/// An ECS cluster on a fleet of the lab, agents on its hosts and a controller, as half of the hosts
/// are taken back at once. The lab must stand still (speed 0), listen at `endpoint`, and be empty.
class GuardScene {
 public:
  /// All must outlive it; `cloud` must ask one at a time.
  GuardScene(World& world, Cloud& cloud, lab::Lab& lab, std::string endpoint, StateStore& state,
             GuardSceneOptions options);
  ~GuardScene();
  GuardScene(const GuardScene&) = delete;
  GuardScene& operator=(const GuardScene&) = delete;

  /// Fails as AWS's calls do, with `Unavailable` where it does not come to what is to be shown, and
  /// with `Cancelled` where the user does not wait.
  Result<SceneReport> play();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spotvane::cli
