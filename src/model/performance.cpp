#include "model/performance.hpp"

#include <algorithm>
#include <cmath>

namespace spotvane::model {

Result<Parameters::value_type> parse_parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail(ErrorKind::InvalidInput, "expected a parameter as name=value, got '{}'", text);
  }
  if (text.find_first_of(" \t\n") < equals || text.find('\n') != std::string_view::npos) {
    return fail(ErrorKind::InvalidInput,
                "parameter '{}': its name holds a blank, or its value a line's end", text);
  }
  return Parameters::value_type{text.substr(0, equals), text.substr(equals + 1)};
}

std::string to_text(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  }
  return text;
}

std::size_t drop_what_measures_nothing(PerformanceRecords& records) {
  const auto is_positive = [](double number) { return std::isfinite(number) && number > 0; };
  return std::erase_if(
             records.samples,
             [&](const ThroughputSample& one) { return !is_positive(one.tasks_per_second); }) +
         std::erase_if(records.totals,
                       [&](const WorkTotal& one) { return !is_positive(one.tasks); });
}

double ThroughputSummary::population_deviation() const {
  const auto count = static_cast<double>(samples);
  return samples == 0 ? 0 : deviation * std::sqrt((count - 1) / count);
}

std::vector<ThroughputSummary> summarize(const std::vector<ThroughputSample>& samples) {
  std::map<InstanceType, std::vector<double>> by_type;
  for (const auto& sample : samples) {
    by_type[sample.type].push_back(sample.tasks_per_second);
  }
  std::vector<ThroughputSummary> summaries;
  for (const auto& [type, speeds] : by_type) {
    ThroughputSummary summary{.type = type, .samples = speeds.size()};
    const auto count = static_cast<double>(speeds.size());
    for (const double speed : speeds) {
      summary.mean += speed / count;
    }
    double squares = 0;
    for (const double speed : speeds) {
      squares += (speed - summary.mean) * (speed - summary.mean);
    }
    summary.deviation = speeds.size() < 2 ? 0 : std::sqrt(squares / (count - 1));
    const auto [least, most] = std::minmax_element(speeds.begin(), speeds.end());
    summary.least = *least;
    summary.most = *most;
    summaries.push_back(summary);
  }
  return summaries;
}

std::optional<double> mean_tasks(const std::vector<WorkTotal>& totals) {
  if (totals.empty()) {
    return std::nullopt;
  }
  double sum = 0;
  for (const auto& total : totals) {
    sum += total.tasks;
  }
  return sum / static_cast<double>(totals.size());
}

}  // namespace spotvane::model
