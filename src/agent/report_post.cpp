#include "agent/report_post.hpp"

#include "wire/url.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::agent {

namespace {

constexpr HttpLimits kReportLimits{.connect_timeout = std::chrono::seconds{2},
                                   .idle_timeout = std::chrono::seconds{5},
                                   .whole_timeout = std::chrono::seconds{10},
                                   .body_bytes = 64U << 10U};
constexpr std::size_t kReasonShown = 200;

}  // namespace

ReportPost::ReportPost(std::string address, HttpTransport& transport)
    : address_{std::move(address)}, transport_{transport} {
  if (wire::split_url(address_).path == "/") {
    address_ += address_.ends_with('/') ? "report" : "/report";
  }
}

void ReportPost::publish(PerformanceReport report, On<void> on_done) {
  const nlohmann::json body{{"instance_id", report.instance_id},
                            {"instance_type", report.instance_type},
                            {"perf_sec", report.tasks_per_second},
                            {"perf_sec_stdev", report.deviation},
                            {"tasks_completed", report.tasks_completed},
                            {"job", report.job},
                            {"tasks_of", report.counts_whole_job ? "job" : "worker"}};
  HttpRequest request{.method = "POST",
                      .url = address_,
                      .headers = {{"Content-Type", "application/json"}},
                      .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
  transport_.send(
      std::move(request), kReportLimits,
      [address = address_, on_done = std::move(on_done)](const Result<HttpResponse>& response) {
        if (!response) {
          auto error = response.error();
          return on_done(tl::unexpected(std::move(error).during("report to " + address)));
        }
        if (response->status / 100 != 2) {
          return on_done(fail(ErrorKind::Denied, "report to {}: refused with status {}: {}",
                              address, response->status, response->body.substr(0, kReasonShown)));
        }
        on_done({});
      });
}

}  // namespace spotvane::agent
