#include "job/report_endpoint.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace spotvane::job {

namespace {

using nlohmann::json;

Result<double> number_in(const json& report, const char* name) {
  const auto found = report.find(name);
  if (found == report.end() || found->is_null()) {
    return 0.0;
  }
  if (!found->is_number()) {
    return fail(ErrorKind::InvalidInput, "'{}' must be a number", name);
  }
  return found->get<double>();
}

HttpReply reply(int status, const std::string& reason = {}) {
  HttpReply reply{.response = {.status = status}};
  if (!reason.empty()) {
    reply.response.headers = {{"Content-Type", "application/json"}};
    reply.response.body =
        json{{"error", reason}}.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  return reply;
}

HttpReply taken_reply(std::string answer) {
  auto whole = reply(answer.empty() ? 204 : 200);
  if (!answer.empty()) {
    whole.response.headers = {{"Content-Type", "application/json"}};
    whole.response.body = std::move(answer);
  }
  return whole;
}

std::string path_of(const std::string& url) {
  return url.substr(0, url.find('?'));
}

}  // namespace

Result<SentReport> read_report(std::string_view text) {
  const auto report = json::parse(text, nullptr, false);
  if (!report.is_object()) {
    return fail(ErrorKind::InvalidInput, "a report must be a JSON object");
  }
  const auto id = report.find("instance_id");
  if (id == report.end() || !id->is_string()) {
    return fail(ErrorKind::InvalidInput, "'instance_id' is missing");
  }
  const auto rate = number_in(report, "perf_sec");
  const auto deviation = number_in(report, "perf_sec_stdev");
  const auto tasks = number_in(report, "tasks_completed");
  for (const auto* one : {&rate, &deviation, &tasks}) {
    if (!*one) {
      return tl::unexpected(one->error());
    }
  }
  const auto of = report.find("tasks_of");
  if (of != report.end() && *of != "worker" && *of != "job") {
    return fail(ErrorKind::InvalidInput, "'tasks_of' must be 'worker' or 'job'");
  }
  SentReport sent{.id = model::InstanceId{id->get<std::string>()},
                  .deviation = *deviation,
                  .is_of_worker = of != report.end() && *of == "worker"};
  if (report.contains("perf_sec")) {
    sent.tasks_per_second = *rate;
  }
  if (report.contains("tasks_completed")) {
    sent.tasks = *tasks;
  }
  return sent;
}

void ReportEndpoint::handle(HttpRequest request, Answer answer) {
  if (path_of(request.url) != "/report" || request.method != "POST") {
    return answer(reply(404, "expected POST /report"));
  }
  const auto report = read_report(request.body);
  if (!report) {
    return answer(reply(400, report.error().message));
  }
  const auto keep = [answer, &run = run_, id = report->id,
                     text = std::move(request.body)](const Result<void>& kept) {
    answer(kept ? taken_reply(run.answer(id, text)) : reply(503, kept.error().message));
  };
  const auto verdict = run_.take(*report, keep);
  if (verdict == ReportVerdict::UnknownWorker) {
    answer(reply(404, "no worker of this job is called so"));
  } else if (verdict == ReportVerdict::Absurd) {
    answer(reply(400, "no worker does that"));
  }
}

}  // namespace spotvane::job
