#include "cli/job_setup.hpp"

#include "base/spelling.hpp"
#include "cli/ecs_setup.hpp"
#include "cli/known_work.hpp"
#include "cli/probe_pools.hpp"
#include "model/volume.hpp"
#include "ports/performance_store.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr std::size_t kMostUserData = 16U << 10U;

Result<policy::NamedFleetPolicy> policy_of(const JobFile& file) {
  const auto name = !file.policies.empty()  ? file.policies.front()
                    : !file.budgets.empty() ? std::string{"lp-budget"}
                    : file.deadline         ? std::string{"lp-deadline"}
                                            : std::string{"spot-greedy"};
  const policy::FleetPolicyOptions options{
      .caution = file.caution,
      .patience = file.patience,
      .volume = Money::from_dollars(file.worker_volume),
      .on_shortfall = {.act = file.on_infeasible == "raise" ? policy::OnShortfall::Act::Raise
                                                            : policy::OnShortfall::Act::Say,
                       .raise_by = file.raise_by,
                       .most = file.raise_to ? std::optional{Money::from_dollars(*file.raise_to)}
                                             : std::nullopt}};
  auto named = policy::fleet_policy_named(name, options);
  if (!named) {
    return named;
  }
  const bool lacks_budget = named->needs == policy::FleetNeed::Budget && file.budgets.empty();
  const bool lacks_deadline = named->needs == policy::FleetNeed::Deadline && !file.deadline;
  if (lacks_budget || lacks_deadline) {
    return fail(ErrorKind::InvalidInput, "policy '{}' needs '{}' in the job's file", name,
                lacks_budget ? "budget_usd" : "deadline");
  }
  return named;
}

/// What a job's settled values call it.
constexpr std::string_view kReportToken = "report-token";

using Rates = std::map<std::string, policy::Throughput>;

std::string question_of(const JobFile& file) {
  return fmt::format(
      "of no type is it known how fast it does these tasks: measure {} on a few of "
      "them, for at most ${}?",
      fmt::join(file.types, ", "), file.calibrate_usd);
}

Result<job::WorkerType> settle_type(const JobFile& file, const market::RegionCatalog& catalog,
                                    const model::InstanceType& type, const Rates& rates) {
  const auto entry = catalog.entry(type);
  const auto image = file.image.empty() && entry
                         ? catalog.image(type)
                         : Result<model::ImageId>{model::ImageId{file.image}};
  if (!entry || !image) {
    return tl::unexpected(!entry ? entry.error() : image.error());
  }
  job::WorkerType settled{.type = type, .image = *image, .zones = {}};
  for (const auto& zone : catalog.zones) {
    const auto& offered = (*entry)->zones;
    const bool is_reached = file.subnets.empty() || file.subnets.contains(zone.name.text());
    if (is_reached && std::find(offered.begin(), offered.end(), zone.id) != offered.end()) {
      settled.zones.push_back(zone.name);
    }
  }
  const auto own = file.on_demand.find(type.text());
  settled.on_demand =
      own != file.on_demand.end() ? std::optional{own->second} : (*entry)->on_demand;
  if (const auto rate = rates.find(type.text()); rate != rates.end()) {
    settled.measured = rate->second;
  }
  return settled;
}

/// That there are the zones whose subnets the file gives.
Result<void> check_subnets(const JobFile& file, const market::RegionCatalog& catalog) {
  std::vector<std::string> names;
  for (const auto& zone : catalog.zones) {
    names.push_back(zone.name.text());
  }
  for (const auto& [zone, subnet] : file.subnets) {
    if (std::find(names.begin(), names.end(), zone) == names.end()) {
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("'worker.subnets': there is no zone '{}'", zone),
                                  fmt::format("there are {}", fmt::join(names, ", "))});
    }
  }
  return {};
}

/// Of an hour of a worker's root volume: as the file says, else as AWS asks for such a volume.
Result<Money> volume_price(const JobFile& file, const model::Region& region) {
  if (file.worker_volume > 0) {
    return Money::from_dollars(file.worker_volume);
  }
  return root_volume_usd_per_hour(file.setup, region).map(Money::from_dollars);
}

/// As workers are told it, with the word that shows who they are.
std::string report_url(const JobFile& file, const model::JobHead& head) {
  auto url = file.report_url;
  if (url.empty() && file.report_port > 0) {
    url = fmt::format("http://{}:{}/report", file.report_listen, file.report_port);
  }
  const auto token = report_token(head);
  return url.empty() || token.empty()
             ? url
             : fmt::format("{}{}token={}", url, url.find('?') == std::string::npos ? '?' : '&',
                           token);
}

std::string filled_in(std::string text, const model::JobHead& head, const std::string& url) {
  const auto replace = [&](std::string_view what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
      text.replace(at, what.size(), by);
    }
  };
  replace("{job}", head.id.text());
  replace("{report_url}", url);
  return text;
}

Result<job::JobSpec> spec_of(const JobFile& file, const model::JobHead& head) {
  auto named = policy_of(file);
  if (!named) {
    return tl::unexpected(named.error());
  }
  job::JobSpec spec{.head = head,
                    .region = model::Region{file.region},
                    .setup = file.setup,
                    .work = {.tasks = head.tasks,
                             .nodes = file.nodes,
                             .deadline = file.deadline,
                             .scaling_penalty = file.scaling_penalty},
                    .policy = std::move(named->policy)};
  if (!file.budgets.empty()) {
    const auto budget = Money::parse(file.budgets.front());
    if (!budget || *budget <= Money{} || file.budgets.size() > 1) {
      return fail(ErrorKind::InvalidInput,
                  "'budget_usd' of a job to run must be one sum of dollars above zero");
    }
    spec.work.budget = *budget;
  }
  spec.interval = file.interval.value_or(spec.interval);
  spec.look = std::min(file.look.value_or(spec.look), spec.interval);
  spec.startup = file.startup.value_or(spec.startup);
  spec.grace = file.grace.value_or(spec.grace);
  spec.manager_price = Money::from_dollars(file.manager_price + file.manager_volume);
  spec.manager_rate = file.manager_rate;
  spec.bid = file.bid;
  spec.uses_on_demand = file.uses_on_demand;
  spec.reads_metrics = file.cloudwatch;
  spec.workload = workload_of(file);
  if (file.calibrate) {
    spec.calibrate = Money::from_dollars(file.calibrate_usd);
  }
  const auto url = report_url(file, head);
  spec.setup.user_data = filled_in(file.user_data, head, url);
  if (file.engine == "ecs") {
    spec.setup.user_data = ecs_user_data(file, head.id, spec.setup.user_data);
  }
  if (file.engine == "pypits") {
    spec.setup.user_data = job::pits_user_data(file.pits, spec.setup.user_data, url);
  }
  if (spec.setup.user_data.size() > kMostUserData) {
    return fail(ErrorKind::InvalidInput,
                "what workers run as they boot is of {} bytes, and AWS takes {}: let 'user_data' "
                "fetch the rest",
                spec.setup.user_data.size(), kMostUserData);
  }
  return spec;
}

}  // namespace

Result<JobFile> read_job_file(const std::string& path, const std::string& text) {
  JobFile file;
  if (auto good = apply_job_file(text, file); !good) {
    return tl::unexpected(Error{good.error()}.during(fmt::format("read job '{}'", path)));
  }
  if (file.name.empty()) {
    file.name = std::filesystem::path{path}.stem().native();
    if (auto good = check_job_name(file.name); !good) {
      return tl::unexpected(Error{ErrorKind::InvalidInput,
                                  fmt::format("the job is named '{}' by its file, and a name {}",
                                              file.name, good.error().message),
                                  "give 'name' in the job's file"}
                                .during(fmt::format("read job '{}'", path)));
    }
  }
  return file;
}

Result<WrittenJob> read_runnable_job(World& world, const std::string& path,
                                     const std::function<void(JobFile&)>& adjust) {
  auto text = read_whole(world.text_files(), path);
  if (!text) {
    return tl::unexpected(std::move(text.error()).during(fmt::format("read job '{}'", path)));
  }
  auto file = read_job_file(path, *text);
  if (!file) {
    return tl::unexpected(std::move(file.error()));
  }
  adjust(*file);
  if (auto good = check_runnable(*file); !good) {
    return tl::unexpected(std::move(good.error()));
  }
  return WrittenJob{*std::move(file), *std::move(text)};
}

Result<double> root_volume_usd_per_hour(const model::HostSetup& setup,
                                        const model::Region& region) {
  model::VolumeSpec volume;
  if (const auto& own = setup.volume) {
    volume = {own->type, static_cast<double>(own->gb), static_cast<double>(own->iops)};
  }
  return model::volume_usd_per_hour(volume, region);
}

std::vector<model::Tag> drawn_for(World& world) {
  return {
      {std::string{kReportToken}, fmt::format("{:016x}{:016x}", world.entropy(), world.entropy())}};
}

std::string report_token(const model::JobHead& head) {
  return std::string{model::tag_value(head.settled, kReportToken)};
}

Result<void> check_runnable(const JobFile& file) {
  const auto missing = [](std::string_view what, std::string_view key) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, fmt::format("{} is missing", what),
                                fmt::format("give '{}' in the job's file", key)});
  };
  if (file.calibrate && file.types.empty() && file.performance.empty()) {
    return missing("which types to measure", "types");
  }
  if (auto good = file.engine == "ecs" ? check_ecs_file(file) : Result<void>{}; !good) {
    return good;
  }
  if (file.engine == "pypits" && file.pits.module.empty()) {
    return missing("the SPITS module", "pits.module");
  }
  if (file.engine == "pypits" && file.report_port == 0) {
    return missing("where workers are to join", "reports.port");
  }
  if (!file.cloudwatch && file.report_port == 0) {
    return missing("any way for workers to report", "reports.port");
  }
  const bool is_anywhere = file.report_listen == "0.0.0.0" || file.report_listen == "::";
  if (file.report_port > 0 && is_anywhere && file.report_url.empty()) {
    return missing("the address at which workers reach us", "reports.url");
  }
  return {};
}

Result<job::JobSpec> settle_job(Environment& environment, Cloud& cloud, StateStore& state,
                                const JobFile& file, const model::JobHead& head) {
  auto spec = spec_of(file, head);
  if (!spec) {
    return spec;
  }
  if (spec->region.empty()) {
    spec->region = model::Region{cloud.access().region};
  }
  const auto volume = volume_price(file, spec->region);
  if (!volume) {
    return tl::unexpected(Error{volume.error()}.during("the workers' volume"));
  }
  spec->worker_volume = *volume;
  const auto known = known_work(state.performance(), spec->workload);
  if (!known) {
    return tl::unexpected(known.error());
  }
  auto rates = file.performance;  // what the file says goes before
  rates.insert(known->rates.begin(), known->rates.end());
  auto types = file.types;
  for (const auto& [type, rate] : rates) {
    if (file.types.empty()) {
      types.push_back(type);
    }
  }
  const bool is_any_known = std::any_of(types.begin(), types.end(),
                                        [&](const auto& type) { return rates.contains(type); });
  if (!is_any_known && !file.calibrate) {
    const auto may = types.empty() ? std::nullopt : environment.world.ask(question_of(file));
    if (!may.value_or(false)) {
      return tl::unexpected(no_throughput(state.performance(), file));
    }
    spec->calibrate = Money::from_dollars(file.calibrate_usd);
  }
  const auto catalogs = fresh_catalogs(environment, cloud, state, {spec->region});
  if (!catalogs) {
    return tl::unexpected(catalogs.error());
  }
  if (auto good = check_subnets(file, catalogs->front()); !good) {
    return tl::unexpected(std::move(good.error()));
  }
  for (const auto& [zone, subnet] : file.subnets) {
    spec->subnets.emplace(zone, subnet);
  }
  for (const auto& type : types) {
    auto settled = settle_type(file, catalogs->front(), model::InstanceType{type}, rates);
    if (!settled) {
      return tl::unexpected(std::move(settled.error()).during(fmt::format("type '{}'", type)));
    }
    spec->types.push_back(std::move(*settled));
  }
  return spec;
}

}  // namespace spotvane::cli
