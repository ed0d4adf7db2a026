#pragma once

#include <string_view>

namespace spotvane::job {

/// Python programs that run PY-PITS's own (src/job/pits): each takes a file of JSON.
std::string_view pits_manager_script();
std::string_view pits_worker_script();

}  // namespace spotvane::job
