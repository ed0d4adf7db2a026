#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/pool.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::model {

/// A job's input by its content: whatever digest of it its owner keeps.
using DatasetHash = Named<struct DatasetHashTag>;

struct Dataset {
  DatasetHash hash;
  std::string name;

  friend bool operator==(const Dataset&, const Dataset&) = default;
};

/// What a job was run with: any set of names and values.
using Parameters = std::map<std::string, std::string>;

/// Reads "aph=600". Fails with `InvalidInput` where there is no name or no '='.
Result<Parameters::value_type> parse_parameter(std::string_view text);

/// "aph=600 apm=150", by name; empty for none.
std::string to_text(const Parameters& parameters);

/// The work of one job, which takes an instance type the same time whoever asks for it.
struct Workload {
  DatasetHash dataset;
  Parameters parameters = {};

  friend auto operator<=>(const Workload&, const Workload&) = default;
};

/// Who measured something, and as what: the same measurement is kept once.
struct MeasurementId {
  std::string source;  ///< "job pi-7", "mysql://user@host/experimentos"
  std::int64_t number = 0;

  friend auto operator<=>(const MeasurementId&, const MeasurementId&) = default;
};

/// How fast an instance was at one moment.
struct ThroughputSample {
  MeasurementId id;
  Workload workload;
  InstanceType type;
  double tasks_per_second = 0;
  TimePoint at = {};

  friend bool operator==(const ThroughputSample&, const ThroughputSample&) = default;
};

/// Of how many tasks the work turned out to consist.
struct WorkTotal {
  MeasurementId id;
  Workload workload;
  double tasks = 0;
  TimePoint at = {};

  friend bool operator==(const WorkTotal&, const WorkTotal&) = default;
};

/// What is known of some jobs' speed.
struct PerformanceRecords {
  std::vector<Dataset> datasets = {};
  std::vector<ThroughputSample> samples = {};
  std::vector<WorkTotal> totals = {};
};

/// What somebody else's database knew.
struct PerformanceImport {
  PerformanceRecords records;
  std::size_t bad_rows = 0;  ///< made no sense, and were left out
};

/// Takes out what measures nothing: throughputs and totals that are not positive numbers. Returns
/// how many those were.
std::size_t drop_what_measures_nothing(PerformanceRecords& records);

/// How fast instances of one type were, tasks a second.
struct ThroughputSummary {
  InstanceType type;
  std::size_t samples = 0;
  double mean = 0;
  /// The standard deviation of the sample (over n - 1); 0 of a single one.
  double deviation = 0;
  double least = 0;
  double most = 0;

  /// Over n instead, as MySQL's `stddev` and with it CloudPITS have it.
  double population_deviation() const;

  friend bool operator==(const ThroughputSummary&, const ThroughputSummary&) = default;
};

/// By type.
std::vector<ThroughputSummary> summarize(const std::vector<ThroughputSample>& samples);

/// The mean of the totals; none of none.
std::optional<double> mean_tasks(const std::vector<WorkTotal>& totals);

}  // namespace spotvane::model
