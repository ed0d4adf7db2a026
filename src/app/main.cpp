#include "adapters/system/terminal.hpp"
#include "app/real_world.hpp"
#include "cli/command.hpp"
#include "cli/commands/archive_check.hpp"
#include "cli/commands/archive_compact.hpp"
#include "cli/commands/archive_generate.hpp"
#include "cli/commands/archive_import.hpp"
#include "cli/commands/archive_verify.hpp"
#include "cli/commands/catalog.hpp"
#include "cli/commands/collect.hpp"
#include "cli/commands/config_check.hpp"
#include "cli/commands/config_credentials.hpp"
#include "cli/commands/controller.hpp"
#include "cli/commands/demo.hpp"
#include "cli/commands/demo_guard.hpp"
#include "cli/commands/export.hpp"
#include "cli/commands/fleet.hpp"
#include "cli/commands/history.hpp"
#include "cli/commands/job_host.hpp"
#include "cli/commands/job_pareto.hpp"
#include "cli/commands/job_predict.hpp"
#include "cli/commands/job_run.hpp"
#include "cli/commands/lab.hpp"
#include "cli/commands/perf.hpp"
#include "cli/commands/plan.hpp"
#include "cli/commands/pools.hpp"
#include "cli/commands/probe_recover.hpp"
#include "cli/commands/probe_run.hpp"
#include "cli/commands/probe_show.hpp"
#include "cli/commands/query.hpp"
#include "cli/commands/score_daily.hpp"
#include "cli/commands/score_initial.hpp"
#include "cli/commands/simulate.hpp"
#include "cli/commands/simulate_trace.hpp"

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  using namespace spotvane;

  cli::CommandTable commands;  // the table of contents of this binary
  commands.add<cli::Demo>("demo");
  commands.add<cli::DemoGuard>("demo guard");
  commands.add<cli::LabCommand>("lab");
  commands.add<cli::Collect>("collect");
  commands.add<cli::Plan>("plan");
  commands.add<cli::Pools>("pools");
  commands.add<cli::ScoreInitial>("score initial");
  commands.add<cli::ScoreDaily>("score daily");
  commands.add<cli::CatalogSync>("catalog sync");
  commands.add<cli::CatalogTypes>("catalog types");
  commands.add<cli::CatalogArch>("catalog arch");
  commands.add<cli::CatalogAmi>("catalog ami");
  commands.add<cli::CatalogZones>("catalog zones");
  commands.add<cli::ProbeRunCommand>("probe run");
  commands.add<cli::ProbeRecover>("probe recover");
  commands.add<cli::ProbeShow>("probe show");
  commands.add<cli::PerfImport>("perf import");
  commands.add<cli::PerfShow>("perf show");
  commands.add<cli::History>("history");
  commands.add<cli::Query>("query");
  commands.add<cli::Export>("export");
  commands.add<cli::Simulate>("simulate");
  commands.add<cli::SimulateTrace>("simulate trace");
  commands.add<cli::JobRunCommand>("job run");
  commands.add<cli::JobStatus>("job status");
  commands.add<cli::JobStop>("job stop");
  commands.add<cli::JobLaunchManager>("job launch-manager");
  commands.add<cli::JobPredict>("job predict");
  commands.add<cli::JobPareto>("job pareto");
  commands.add<cli::ArchiveCheckCommand>("archive check");
  commands.add<cli::ArchiveCompact>("archive compact");
  commands.add<cli::ArchiveImport>("archive import");
  commands.add<cli::ArchiveVerify>("archive verify");
  commands.add<cli::ArchiveGenerate>("archive generate");
  commands.add<cli::FleetCreate>("fleet create");
  commands.add<cli::FleetShow>("fleet show");
  commands.add<cli::FleetScale>("fleet scale");
  commands.add<cli::FleetCancel>("fleet cancel");
  commands.add<cli::Controller>("controller");
  commands.add<cli::ControllerLog>("controller log");
  commands.add<cli::ConfigCheck>("config check");
  commands.add<cli::ConfigCredentials>("config credentials");

  app::RealWorld world;
  cli::Console console{{.out = stdout,
                        .err = stderr,
                        .err_is_terminal = adapters::is_terminal(stderr),
                        .width = adapters::terminal_width(stderr)}};
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  return commands.run(arguments, world, console);
}
