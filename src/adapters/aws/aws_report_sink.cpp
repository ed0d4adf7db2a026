#include "adapters/aws/aws_report_sink.hpp"

#include "wire/form.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace spotvane::adapters {

void AwsReportSink::publish(PerformanceReport report, On<void> on_done) {
  auto form = wire::Form::call("PutMetricData", wire::kCloudWatch.version);
  form.add("Namespace", "Performance");
  const std::array<std::pair<const char*, std::string>, 3> figures{
      {{"perf_sec", fmt::format("{}", report.tasks_per_second)},
       {"perf_sec_stdev", fmt::format("{}", report.deviation)},
       {"tasks_completed", fmt::format("{}", report.tasks_completed)}}};
  int number = 0;
  for (const auto& [name, value] : figures) {
    const auto datum = fmt::format("MetricData.member.{}.", ++number);
    form.add(datum + "MetricName", name);
    form.add(datum + "Value", value);
    form.add(datum + "Dimensions.member.1.Name", "Instance Id");
    form.add(datum + "Dimensions.member.1.Value", report.instance_id);
    form.add(datum + "Dimensions.member.2.Name", "Type");
    form.add(datum + "Dimensions.member.2.Value", report.instance_type);
  }
  const auto region = report.region.empty() ? home_ : report.region;
  client_.call({wire::kCloudWatch, region, "PutMetricData", form.encode()},
               [on_done = std::move(on_done)](const Result<std::string>& body) {
                 on_done(body ? Result<void>{} : tl::unexpected(body.error()));
               });
}

}  // namespace spotvane::adapters
