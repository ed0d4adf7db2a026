#include "cli/remote_steps.hpp"

#include "cli/cloud_session.hpp"
#include "cli/lab_orders.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::cli {

Result<void> RemoteSteps::advance(Duration span) {
  if (span == Duration::zero()) {
    return {};
  }
  const auto address = lab_address(cloud_) + "/_lab/clock";
  auto moved = order_lab(world_, {.method = "POST",
                                  .url = address,
                                  .body = fmt::format(R"({{"advance": "{}ms"}})", span.count())});
  if (!moved) {
    return tl::unexpected(std::move(moved.error()));
  }
  if (moved->status != 200) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                fmt::format("'{}' answers with status {}", address, moved->status),
                                "only a lab's clock can be moved"});
  }
  // Of what time it is now, answers tell.
  return ask_identity(world_, cloud_).map([](const CallerIdentity& /*us*/) {});
}

Result<void> RemoteSteps::run_until(const std::function<bool()>& done) {
  for (;;) {
    world_.run_until([&] { return cloud_.under_way() == 0 || done(); });
    if (done() || !is_anyone_waiting()) {
      return {};
    }
    if (auto moved = step(); !moved) {
      return tl::unexpected(std::move(moved.error()).during("move the lab's clock"));
    }
  }
}

}  // namespace spotvane::cli
