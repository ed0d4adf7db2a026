#include "job/report_endpoint.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
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

/// As long as for any other of its length, whatever it has in common with ours.
bool is_equal(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  }
  return difference == 0;
}

/// The word the sender brings; empty: none.
std::string_view token_of(const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const auto* header = find_header(request.headers, "Authorization");
  if (header != nullptr && header->starts_with(kBearer)) {
    return std::string_view{*header}.substr(kBearer.size());
  }
  const std::string_view url = request.url;
  for (const auto* mark : {"?token=", "&token="}) {
    if (const auto at = url.find(mark); at != std::string_view::npos) {
      const auto word = url.substr(at + std::string_view{mark}.size());
      return word.substr(0, word.find('&'));
    }
  }
  return {};
}

/// What the agent on a worker passes on.
Result<SentReport> read_event(const json& message) {
  const auto id = message.find("instanceId");
  const auto event = message.find("event");
  if (id == message.end() || !id->is_string() || event == message.end() || !event->is_string()) {
    return fail(ErrorKind::InvalidInput, "'instance_id' is missing");
  }
  SentReport sent{.id = model::InstanceId{id->get<std::string>()}};
  sent.heard = *event == "spot-interruption"          ? Heard::Interruption
               : *event == "rebalance-recommendation" ? Heard::Rebalance
                                                      : Heard::Else;
  return sent;
}

}  // namespace

Result<SentReport> read_report(std::string_view text) {
  const auto report = json::parse(text, nullptr, false);
  if (!report.is_object()) {
    return fail(ErrorKind::InvalidInput, "a report must be a JSON object");
  }
  const auto id = report.find("instance_id");
  if (id == report.end() || !id->is_string()) {
    return read_event(report);
  }
  const auto rate = number_in(report, "perf_sec");
  const auto deviation = number_in(report, "perf_sec_stdev");
  const auto tasks = number_in(report, "tasks_completed");
  const auto up = number_in(report, "up_seconds");
  for (const auto* one : {&rate, &deviation, &tasks, &up}) {
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
  if (report.contains("up_seconds")) {
    sent.seconds_up = *up;
  }
  return sent;
}

void ReportEndpoint::handle(HttpRequest request, Answer answer) {
  if (path_of(request.url) != "/report" || request.method != "POST") {
    return answer(reply(404, "expected POST /report"));
  }
  if (!token_.empty() && !is_equal(token_of(request), token_)) {
    return answer(reply(401, "the job's token is missing, or another's"));
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
