#include "cli/commands/perf.hpp"

#include "base/database_url.hpp"

#include <algorithm>
#include <map>

namespace spotvane::cli {

namespace {

using Datasets = std::map<model::DatasetHash, model::Dataset>;

Result<Datasets> known_datasets(PerformanceStore& store) {
  return store.datasets().map([](const std::vector<model::Dataset>& datasets) {
    Datasets by_hash;
    for (const auto& dataset : datasets) {
      by_hash.emplace(dataset.hash, dataset);
    }
    return by_hash;
  });
}

const model::Dataset* find(const Datasets& datasets, const model::DatasetHash& hash) {
  const auto found = datasets.find(hash);
  return found == datasets.end() ? nullptr : &found->second;
}

/// A row for each type, under what it worked at.
Result<void> append_rows(PerformanceStore& store, const model::Workload& workload,
                         const model::Dataset* dataset, Table& table) {
  const auto samples = store.samples(workload);
  const auto totals = store.totals(workload);
  if (!samples || !totals) {
    return tl::unexpected(!samples ? samples.error() : totals.error());
  }
  const auto tasks = model::mean_tasks(*totals);
  for (const auto& one : model::summarize(*samples)) {
    table.rows.push_back({dataset != nullptr ? Value{dataset->name} : Value{},
                          workload.dataset.text(), model::to_text(workload.parameters),
                          one.type.text(), whole(one.samples), one.mean, one.deviation, one.least,
                          one.most, tasks ? Value{*tasks} : Value{}});
  }
  return {};
}

}  // namespace

void PerfImport::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("URL",
                   "mysql://user:password@host:port/database?socket=PATH; the password may "
                   "stand in the variable MYSQL_PWD instead",
                   url_);
}

Result<ExitCode> PerfImport::run(Environment& environment) {
  const auto shown = hide_password(url_);
  const auto in_context = [&](Error error) {
    return tl::unexpected(std::move(error).during(fmt::format("import from '{}'", shown)));
  };
  auto import = environment.world.read_cloudpits(url_);
  if (!import) {
    return in_context(std::move(import.error()));
  }
  const auto idle = model::drop_what_measures_nothing(import->records);
  auto home = environment.open_state(HomeUse::Shared);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  const auto added = (*home)->state().performance().add(import->records);
  if (!added) {
    return in_context(added.error());
  }
  const auto known = import->records.samples.size() + import->records.totals.size() -
                     added->samples - added->totals;
  environment.show({.facts = {{"datasets_added", whole(added->datasets)},
                              {"samples_added", whole(added->samples)},
                              {"totals_added", whole(added->totals)},
                              {"known_before", whole(known)},
                              {"measured_nothing", whole(idle)},
                              {"bad_rows", whole(import->bad_rows)}}});
  if (import->bad_rows > 0) {
    environment.console.warn(fmt::format(
        "warning: {} row(s) were left out: a value is missing, is no number or no time, or names a "
        "dataset, parameters or an experiment that is not there",
        import->bad_rows));
  }
  return import->bad_rows > 0 ? ExitCode::Partly : ExitCode::Done;
}

void PerfShow::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("DATASET", "its name or its hash; all where none is named", dataset_);
  flags.texts("parameter", "NAME=VALUE", "only work that was run with this", parameter_words_);
  flags.number("top", "N", "rows to show on a terminal; CSV and JSON are whole", top_, 1,
               1'000'000);
}

bool PerfShow::is_wanted(const model::Workload& workload, const model::Dataset* dataset) const {
  const bool is_dataset = !dataset_ || workload.dataset.text() == *dataset_ ||
                          (dataset != nullptr && dataset->name == *dataset_);
  return is_dataset && std::all_of(parameters_.begin(), parameters_.end(), [&](const auto& wanted) {
           const auto found = workload.parameters.find(wanted.first);
           return found != workload.parameters.end() && found->second == wanted.second;
         });
}

Result<ExitCode> PerfShow::run(Environment& environment) {
  for (const auto& word : parameter_words_) {
    auto parameter = model::parse_parameter(word);
    if (!parameter) {
      return tl::unexpected(std::move(parameter.error()));
    }
    parameters_.insert_or_assign(parameter->first, parameter->second);
  }
  auto home = environment.open_state(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& store = (*home)->state().performance();
  const auto datasets = known_datasets(store);
  const auto workloads = store.workloads();
  if (!datasets || !workloads) {
    return tl::unexpected(!datasets ? datasets.error() : workloads.error());
  }
  Table table{.name = "performance",
              .columns = {{"dataset"},
                          {"hash"},
                          {"parameters"},
                          {"instance_type"},
                          {"samples"},
                          {"tasks_per_second"},
                          {"deviation"},
                          {"least"},
                          {"most"},
                          {"tasks", 0}}};
  for (const auto& workload : *workloads) {
    const auto* const dataset = find(*datasets, workload.dataset);
    if (!is_wanted(workload, dataset)) {
      continue;
    }
    if (auto done = append_rows(store, workload, dataset, table); !done) {
      return tl::unexpected(std::move(done.error()));
    }
  }
  if (table.rows.empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound,
                                dataset_ ? fmt::format("nothing was measured of '{}'", *dataset_)
                                         : "nothing was measured in this home",
                                "`spotvane perf show` lists all there is; `spotvane perf import` "
                                "takes over a CloudPITS database"});
  }
  environment.show({.facts = {}, .tables = {std::move(table)}}, static_cast<std::size_t>(top_));
  return ExitCode::Done;
}

}  // namespace spotvane::cli
