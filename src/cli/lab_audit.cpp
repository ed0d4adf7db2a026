#include "cli/lab_audit.hpp"

#include "cli/await_answer.hpp"
#include "lab/value.hpp"
#include "ports/http_transport.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

namespace {

Result<std::string> fetch_audit(World& world, const std::string& url) {
  const auto transport = world.http();
  if (!transport) {
    return tl::unexpected(transport.error());
  }
  return await_answer<HttpResponse>(
             world,
             [&](On<HttpResponse> on) {
               (*transport)->send({.method = "GET", .url = url}, {}, std::move(on));
             })
      .map([](HttpResponse response) { return std::move(response.body); });
}

}  // namespace

Result<JobAudit> audit_job(World& world, Cloud& cloud, const model::JobId& job) {
  const auto endpoints = cloud.access().endpoints;
  const auto ec2 = std::find_if(endpoints.begin(), endpoints.end(),
                                [](const auto& one) { return one.first == "ec2"; });
  const auto address = ec2 != endpoints.end() ? ec2->second : std::string{};
  const auto text = fetch_audit(world, address + "/_lab/audit/jobs");
  if (!text) {
    return tl::unexpected(Error{text.error()}.during("ask the lab for its audit"));
  }
  const auto rows = lab::Value::parse(*text);
  if (!rows || !rows->is_list()) {
    return fail(ErrorKind::Corrupt, "ask the lab for its audit: '{}' answered no list", address);
  }
  JobAudit audit;
  for (const auto& row : rows->list()) {
    if (row["job"].text() == job.text()) {
      audit.instances += row["instances"].integer().value_or(0);
      audit.interrupted += row["interrupted"].integer().value_or(0);
      audit.left += static_cast<std::int64_t>(row["left"].list().size());
      audit.usd += row["bill_usd"].number().value_or(0);
    }
  }
  return audit;
}

std::vector<std::pair<std::string, Value>> audit_facts(const JobAudit& audit) {
  return {{"audit_usd", Money::from_dollars(audit.usd).dollars()},
          {"audit_instances", audit.instances},
          {"audit_left", audit.left}};
}

}  // namespace spotvane::cli
