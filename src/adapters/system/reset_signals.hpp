#pragma once

namespace spotvane::adapters {

/// Has signals do what they do of themselves, and blocks none: for a process forked to run another
/// program, which inherits the rest. Async-signal-safe.
void reset_signals();

}  // namespace spotvane::adapters
