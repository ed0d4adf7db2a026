#pragma once

#include "agent/agent.hpp"
#include "cli/world.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spotvane::cli {

/// An agent on each host of a lab's cluster. The loop must not run once they are gone.
class SceneAgents {
 public:
  /// Where they are, and whom they tell. All must outlive them.
  struct Place {
    std::string endpoint;  ///< the lab's: "http://127.0.0.1:4599"
    std::string queue;
    HttpTransport& transport;
    Containers& containers;
    Queues& queues;
    Timers& timers;
    const Clock& clock;
  };

  explicit SceneAgents(Place place);
  ~SceneAgents();
  SceneAgents(const SceneAgents&) = delete;
  SceneAgents& operator=(const SceneAgents&) = delete;

  /// Starts one on each of these that has none yet.
  void start_on(const std::vector<std::string>& instances);

  /// Lets them stand still: hours in which nothing happens to them pass at once then.
  void hold();
  void let_go();

  /// When they saw notices of interruptions.
  const std::vector<TimePoint>& seen() const { return seen_; }

 private:
  class HeldTimers;
  class Log;
  class Record;

  Place place_;
  std::vector<TimePoint> seen_;
  std::unique_ptr<HeldTimers> timers_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<Record> record_;
  std::map<std::string, std::unique_ptr<agent::Agent>> agents_;  // by instance
};

}  // namespace spotvane::cli
