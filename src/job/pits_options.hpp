#pragma once

#include <string>
#include <vector>

namespace spotvane::job {

/// How PY-PITS, the runtime of SPITS programs, is to run a job's module.
struct PitsOptions {
  std::string module = {};                  ///< the library, where the manager runs
  std::string worker_module = {};           ///< and on workers; empty: the same
  std::vector<std::string> arguments = {};  ///< the module's
  std::string home = {};                    ///< the runtime's folder; empty: it is in PATH
  std::string worker_home = {};             ///< and on workers; empty: the same
  std::string result = {};  ///< a file that must be there in the end; empty: none must
  int workers = 0;          ///< threads on each instance; 0: its processors
  int overfill = 1;         ///< tasks that wait on each instance, besides one for each thread
  int port = 0;             ///< at which workers listen; 0: any
  double backoff = 0.25;    ///< seconds from one round of the workers to the next
  double beat = 1;          ///< seconds from one report of a worker to the next
};

/// What a worker runs as it boots: the user's own lines first, then its task manager, again
/// whenever that fails.
std::string pits_user_data(const PitsOptions& options, const std::string& prelude,
                           const std::string& report_url);

}  // namespace spotvane::job
