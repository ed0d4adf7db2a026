#include "cli/known_work.hpp"

#include "ports/performance_store.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

namespace spotvane::cli {

namespace {

constexpr std::size_t kMostNamed = 10;

std::string called(const model::Dataset& dataset) {
  return dataset.name.empty() || dataset.name == dataset.hash.text()
             ? fmt::format("'{}'", dataset.hash)
             : fmt::format("'{}' ({})", dataset.name, dataset.hash);
}

std::string all_called(const std::vector<model::Dataset>& datasets) {
  std::vector<std::string> words;
  for (const auto& one : datasets) {
    if (words.size() < kMostNamed) {
      words.push_back(called(one));
    }
  }
  const auto more = datasets.size() - words.size();
  return fmt::format("{}{}", fmt::join(words, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

/// By its hash, else by its name; none where nothing is called so.
Result<std::optional<model::Dataset>> find_dataset(PerformanceStore& store,
                                                   const std::string& word) {
  auto datasets = store.datasets();
  if (!datasets) {
    return tl::unexpected(std::move(datasets.error()));
  }
  const auto exact = std::find_if(datasets->begin(), datasets->end(),
                                  [&](const auto& one) { return one.hash.text() == word; });
  if (exact != datasets->end()) {
    return *exact;
  }
  std::erase_if(*datasets, [&](const auto& one) { return one.name != word; });
  if (datasets->size() > 1) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              fmt::format("'dataset': {} datasets are called '{}'", datasets->size(), word),
              fmt::format("give the hash of one: {}", all_called(*datasets))});
  }
  return datasets->empty() ? std::nullopt : std::optional{datasets->front()};
}

Result<Words> settle_dataset(PerformanceStore& store, JobFile& job) {
  if (job.dataset.empty()) {
    return Words{};
  }
  const auto found = find_dataset(store, job.dataset);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!*found || (*found)->hash.text() == job.dataset) {
    return Words{};
  }
  const auto name = std::exchange(job.dataset, (*found)->hash.text());
  return Words{
      fmt::format("note: dataset '{}' is '{}' in the performance database", name, job.dataset)};
}

void take_tasks(const KnownWork& known, JobFile& job, Words& notes) {
  if (!job.tasks && known.tasks) {
    job.tasks = known.tasks;
    notes.push_back(
        fmt::format("note: {:.0f} tasks, as the performance database has it", *job.tasks));
  }
}

/// What `job` says itself goes before.
Result<Words> add_from(PerformanceStore& store, JobFile& job) {
  const bool is_named = !job.dataset.empty();
  auto notes = settle_dataset(store, job);
  auto known = notes ? known_work(store, workload_of(job)) : tl::unexpected(notes.error());
  if (!known) {
    return tl::unexpected(std::move(known.error()));
  }
  if (is_named && known->rates.empty() && job.performance.empty()) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, why_nothing_is_known(store, job),
                                "`spotvane perf show` lists what was measured"});
  }
  std::erase_if(known->rates, [&](const auto& one) {
    const auto& types = job.types;
    return !types.empty() && std::find(types.begin(), types.end(), one.first) == types.end();
  });
  if (!known->rates.empty()) {
    notes->push_back(fmt::format("note: the performance database knows {} types of '{}'",
                                 known->rates.size(), workload_of(job).dataset));
  }
  job.performance.merge(known->rates);
  take_tasks(*known, job, *notes);
  return notes;
}

}  // namespace

model::Workload workload_of(const JobFile& job) {
  return {model::DatasetHash{job.dataset.empty() ? job.name : job.dataset}, job.parameters};
}

Result<KnownWork> known_work(PerformanceStore& store, const model::Workload& workload) {
  const auto samples = store.samples(workload);
  const auto totals = store.totals(workload);
  if (!samples || !totals) {
    return tl::unexpected(!samples ? samples.error() : totals.error());
  }
  KnownWork known;
  for (const auto& one : model::summarize(*samples)) {
    known.rates[one.type.text()] = {one.mean, one.deviation};
  }
  if (const auto tasks = model::mean_tasks(*totals)) {
    known.tasks = std::ceil(*tasks);
  }
  return known;
}

std::string why_nothing_is_known(PerformanceStore& store, const JobFile& job) {
  const auto datasets = store.datasets();
  const auto workloads = store.workloads();
  if (!datasets || !workloads) {
    return "the performance database cannot be read";
  }
  const auto wanted = workload_of(job);
  std::vector<std::string> others;
  for (const auto& one : *workloads) {
    if (one.dataset == wanted.dataset) {
      others.push_back(one.parameters.empty() ? "none" : model::to_text(one.parameters));
    }
  }
  if (!others.empty()) {
    return fmt::format("'{}' was measured with other parameters: {}", wanted.dataset,
                       fmt::join(others, "; "));
  }
  return datasets->empty()
             ? fmt::format("there is no dataset '{}' in the performance database, which is empty",
                           wanted.dataset)
             : fmt::format("there is no dataset '{}' in the performance database, but {}",
                           wanted.dataset, all_called(*datasets));
}

Error no_throughput(PerformanceStore& store, const JobFile& job) {
  return {
      ErrorKind::InvalidInput,
      fmt::format("of no type is it known how fast it does these tasks: {}",
                  why_nothing_is_known(store, job)),
      fmt::format("`calibrate = true` in the job's file (or --calibrate) measures some types on "
                  "a few of the tasks, for at most ${}; or give '[performance]'",
                  job.calibrate_usd)};
}

Result<Words> settle_work(PerformanceStore& store, JobFile& job) {
  auto notes = settle_dataset(store, job);
  if (!notes || job.tasks) {
    return notes;
  }
  const auto known = known_work(store, workload_of(job));
  if (!known) {
    return tl::unexpected(known.error());
  }
  take_tasks(*known, job, *notes);
  if (job.tasks) {
    return notes;
  }
  const bool is_measured = !known->rates.empty();
  return tl::unexpected(
      Error{ErrorKind::InvalidInput,
            fmt::format("the number of tasks is missing, and {}",
                        is_measured ? std::string{"no job of this dataset was done, by which it "
                                                  "would be known"}
                                    : why_nothing_is_known(store, job)),
            "give 'tasks' in the job's file"});
}

void WorkChoice::declare(Flags& flags) {
  flags.text("dataset", "NAME",
             "take throughputs, and the number of tasks where it is not given, from this home's "
             "performance database, as `spotvane perf show` has them: its name or hash (default: "
             "the file's 'dataset'; where something is missing also the job's name)",
             dataset);
  flags.texts("parameter", "NAME=VALUE", "that the dataset is run with, besides the file's",
              parameters);
}

Result<void> add_known_work(Environment& environment, const WorkChoice& choice,
                            const std::optional<std::string>& path, JobFile& job) {
  job.dataset = choice.dataset.value_or(job.dataset);
  for (const auto& word : choice.parameters) {
    auto parameter = model::parse_parameter(word);
    if (!parameter) {
      return tl::unexpected(std::move(parameter.error()).during("option '--parameter'"));
    }
    job.parameters.insert_or_assign(parameter->first, parameter->second);
  }
  if (job.name.empty() && path) {
    job.name = std::filesystem::path{*path}.stem().native();
  }
  const bool is_named = !job.dataset.empty();
  if (!is_named && (job.name.empty() || (job.tasks && !job.performance.empty()))) {
    return {};
  }
  auto home = environment.open_state(HomeUse::ReadOnly);
  if (!home) {
    const bool is_missing = home.error().kind == ErrorKind::NotFound;
    return is_missing && !is_named ? Result<void>{} : tl::unexpected(std::move(home.error()));
  }
  return add_from((*home)->state().performance(), job).map([&](const Words& notes) {
    for (const auto& note : notes) {
      environment.console.say(note);
    }
  });
}

}  // namespace spotvane::cli
