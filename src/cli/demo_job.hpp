#pragma once

#include "cli/demo_probes.hpp"
#include "cli/document.hpp"

#include <optional>

namespace spotvane::cli {

/// What became of the demo's job.
struct DemoJob {
  Document report;
  std::optional<Error> wrong = {};  ///< what is not as it should be
};

/// Runs examples/pi.toml to its end from where the lab's time is; halfway AWS takes one of its
/// workers back. Then the lab's own audit must show the same bill, and nothing left. The same seed
/// sees the same.
Result<DemoJob> run_example_job(const DemoPlace& place);

}  // namespace spotvane::cli
