#include "cli/snapshot_input.hpp"

namespace spotvane::cli {

void SnapshotInput::declare(Flags& flags) {
  flags.positional("ROOT", "the folder the snapshots lie below", root_);
  flags.month("month", "read only this month's snapshots, such as 2024-11", month_);
  flags.number("threads", "N", "files to read at the same time; 0: as many as there are cores",
               threads_, 0, 64);
}

Result<spotlake::SnapshotList> SnapshotInput::list(Environment& environment) const {
  return spotlake::list_snapshots(environment.world.text_files(), root_, month_);
}

int SnapshotInput::threads(Environment& environment) const {
  return threads_ > 0 ? threads_ : environment.world.cores();
}

void warn(Console& console, const spotlake::Damage& damage) {
  console.warn(fmt::format("warning: {}", to_text(damage)));
}

spotlake::OnProgress show_progress(Environment& environment, ScanProgressLine& line) {
  return [&world = environment.world, &line](const spotlake::ScanProgress& progress) {
    line.show(progress.files_done, progress.files, progress.bytes);
    world.poll();
    return world.interrupts() == 0;
  };
}

}  // namespace spotvane::cli
