#include "cli/lab_audit.hpp"

#include "cli/lab_orders.hpp"
#include "lab/value.hpp"

#include <utility>

namespace spotvane::cli {

Result<JobAudit> audit_job(World& world, Cloud& cloud, const model::JobId& job) {
  const auto address = lab_address(cloud);
  const auto answer = order_lab(world, {.url = address + "/_lab/audit/jobs"});
  if (!answer) {
    return tl::unexpected(Error{answer.error()}.during("ask the lab for its audit"));
  }
  const auto rows = lab::Value::parse(answer->body);
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
