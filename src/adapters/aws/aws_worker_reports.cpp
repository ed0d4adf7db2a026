#include "adapters/aws/aws_worker_reports.hpp"

#include "adapters/aws/pages.hpp"
#include "base/number.hpp"
#include "wire/form.hpp"
#include "wire/xml.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr const char* kMetricData = "GetMetricData";

struct WorkerSeries {
  std::string_view metric;
  std::string_view statistic;
};
constexpr std::array kWorkerSeries{WorkerSeries{"perf_sec", "Average"},
                                   WorkerSeries{"perf_sec_stdev", "Average"},
                                   WorkerSeries{"tasks_completed", "Maximum"}};
/// 500 queries a call.
constexpr std::size_t kWorkersACall = 500 / kWorkerSeries.size();

/// "q12_1": the second series of the call's twelfth worker.
std::string series_id(std::size_t worker, std::size_t series) {
  return fmt::format("q{}_{}", worker, series);
}

std::optional<std::pair<std::size_t, std::size_t>> parse_series_id(std::string_view id) {
  const auto mark = id.find('_');
  if (mark == std::string_view::npos || !id.starts_with('q')) {
    return std::nullopt;
  }
  const auto worker = parse_integer(id.substr(1, mark - 1));
  const auto series = parse_integer(id.substr(mark + 1));
  if (!worker || !series || *worker < 0 || *series < 0 ||
      *series >= static_cast<std::int64_t>(kWorkerSeries.size())) {
    return std::nullopt;
  }
  return std::pair{static_cast<std::size_t>(*worker), static_cast<std::size_t>(*series)};
}

wire::Form metrics_call(const WorkerMetricsQuery& query, std::span<const MeteredWorker> workers) {
  auto form = wire::Form::call(kMetricData, wire::kCloudWatch.version);
  form.add("StartTime",
           to_iso8601(TimePoint{std::chrono::floor<std::chrono::minutes>(query.from)}));
  form.add("EndTime", to_iso8601(TimePoint{std::chrono::ceil<std::chrono::minutes>(query.to)}));
  form.add("ScanBy", "TimestampDescending");
  std::size_t number = 0;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    for (std::size_t series = 0; series < kWorkerSeries.size(); ++series) {
      const auto prefix = fmt::format("MetricDataQueries.member.{}.", ++number);
      const auto stat = prefix + "MetricStat.";
      form.add(prefix + "Id", series_id(i, series));
      form.add(stat + "Metric.Namespace", "Performance");
      form.add(stat + "Metric.MetricName", kWorkerSeries[series].metric);
      form.add(stat + "Metric.Dimensions.member.1.Name", "Instance Id");
      form.add(stat + "Metric.Dimensions.member.1.Value", workers[i].id.text());
      form.add(stat + "Metric.Dimensions.member.2.Name", "Type");
      form.add(stat + "Metric.Dimensions.member.2.Value", workers[i].type.text());
      form.add(stat + "Period", "60");
      form.add(stat + "Stat", kWorkerSeries[series].statistic);
    }
  }
  return form;
}

/// The latest of a series, and when it was; the largest of the tasks.
struct LatestValue {
  TimePoint at = TimePoint::min();
  double value = 0;
  double most = 0;
};

std::optional<LatestValue> latest_in(wire::XmlNode result) {
  std::vector<TimePoint> times;
  std::vector<double> values;
  result.child("Timestamps").each([&](wire::XmlNode one) {
    times.push_back(parse_time(one.text()).value_or(TimePoint::min()));
  });
  result.child("Values").each(
      [&](wire::XmlNode one) { values.push_back(parse_real(one.text()).value_or(0.0)); });
  std::optional<LatestValue> latest;
  for (std::size_t i = 0; i < std::min(times.size(), values.size()); ++i) {
    const auto most = latest ? std::max(latest->most, values[i]) : values[i];
    if (!latest || times[i] > latest->at) {
      latest = LatestValue{times[i], values[i], most};
    }
    latest->most = most;
  }
  return latest;
}

void take_series(WorkerMetrics& worker, std::size_t series, const LatestValue& latest) {
  if (series == 0) {
    worker.tasks_per_second = latest.value;
    worker.at = latest.at;
  } else if (series == 1) {
    worker.deviation = latest.value;
  } else {
    worker.tasks = latest.most;
  }
}

}  // namespace

/// The calls there are to make, one after the other.
struct AwsWorkerReports::Reading {
  WorkerMetricsQuery query;
  On<std::vector<WorkerMetrics>> on;
  std::size_t begun = 0;  // of the workers
  std::vector<WorkerMetrics> found = {};
};

void AwsWorkerReports::worker_metrics(WorkerMetricsQuery query, On<std::vector<WorkerMetrics>> on) {
  read_next(std::make_shared<Reading>(Reading{std::move(query), std::move(on)}));
}

void AwsWorkerReports::read_next(const std::shared_ptr<Reading>& reading) {
  const auto& query = reading->query;
  if (reading->begun >= query.workers.size()) {
    return reading->on(std::move(reading->found));
  }
  const auto first = reading->begun;
  const auto count = std::min(kWorkersACall, query.workers.size() - first);
  reading->begun += count;
  const auto call = metrics_call(query, std::span{query.workers}.subspan(first, count));
  const auto by_worker = std::make_shared<std::map<std::size_t, WorkerMetrics>>();
  Pages pages{
      .call =
          [call, region = query.region](const std::string& token) {
            auto form = call;
            if (!token.empty()) {
              form.add("NextToken", token);
            }
            return AwsCall{wire::kCloudWatch, region.text(), kMetricData, form.encode()};
          },
      .read = [reading, by_worker, first, count](const std::string& body) -> Result<std::string> {
        const auto document = wire::XmlDocument::parse(body);
        if (!document) {
          return tl::unexpected(Error{document.error()}.during(kMetricData));
        }
        const auto result = document->root().child("GetMetricDataResult");
        result.child("MetricDataResults").each([&](wire::XmlNode one) {
          const auto id = parse_series_id(one.child_text("Id"));
          const auto latest = latest_in(one);
          if (id && id->first < count && latest) {
            auto& worker = (*by_worker)[id->first];
            worker.id = reading->query.workers[first + id->first].id;
            take_series(worker, id->second, *latest);
          }
        });
        return std::string{result.child_text("NextToken")};
      }};
  read_pages(client_, std::move(pages), [this, reading, by_worker](const Result<void>& end) {
    if (!end) {
      return reading->on(tl::unexpected(end.error()));
    }
    for (auto& [number, worker] : *by_worker) {
      reading->found.push_back(std::move(worker));
    }
    read_next(reading);
  });
}

}  // namespace spotvane::adapters
