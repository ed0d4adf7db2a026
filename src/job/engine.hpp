#pragma once

#include "base/result.hpp"
#include "model/job.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::job {

class JobBook;

/// How the tasks stand, as who runs them says.
struct EngineReport {
  std::optional<double> tasks_done = {};  ///< of the whole job; none: it does not count them
  bool is_done = false;                   ///< all tasks, and what the job makes of them
  /// It lost what was done, and begins anew; why. Empty: it did not.
  std::string restarted = {};
  std::optional<Error> failure = {};  ///< for which the job can never be done
};

/// What runs a job's tasks on the workers that the fleet gets it. Without one (`engine =
/// "command"`) user data starts the program, and progress is what workers report.
///
/// A job's run asks it to `start` before anything is launched, to `look` each time it has looked at
/// the workers, and to `end` once all of them have ended. Each may be called again after a failure,
/// and by the next run of the same job: what is there already stays. Callbacks come once, and never
/// from inside the call.
class Engine {
 public:
  enum class End : std::uint8_t {
    Over,    ///< the job is: nothing of it is needed any more
    Paused,  ///< what is done must be kept for when it goes on
  };

  virtual ~Engine() = default;

  /// Makes ready for workers. With `Unavailable` and `Throttled` it is asked again; with any other
  /// error the job fails.
  virtual void start(std::function<void(Result<void>)> on_ready) = 0;

  /// `book` has the workers as they were just seen. A failure is said, and nothing follows from it.
  virtual void look(const JobBook& book, std::function<void(Result<EngineReport>)> on_report) = 0;

  /// Whether a worker that is to end is at something that is to be finished first. It is asked
  /// again at each look, and the worker ended once it does not hold it.
  virtual bool holds(const model::JobWorker& /*worker*/) const { return false; }

  virtual void end(End how, std::function<void(Result<void>)> on_ended) = 0;

  /// What one of the job's workers, having sent us this report, is answered; empty: nothing.
  virtual std::string answer(const model::InstanceId& /*worker*/, std::string_view /*report*/) {
    return {};
  }
};

}  // namespace spotvane::job
