#include "cli/remote_steps.hpp"

#include "cli/await_answer.hpp"
#include "ports/http_transport.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spotvane::cli {

namespace {

std::string clock_of(const CloudAccess& access) {
  const auto ec2 = std::find_if(access.endpoints.begin(), access.endpoints.end(),
                                [](const auto& one) { return one.first == "ec2"; });
  return (ec2 != access.endpoints.end() ? ec2->second : std::string{}) + "/_lab/clock";
}

}  // namespace

void RemoteSteps::after(Duration delay, std::function<void()> callback) {
  due_.emplace(cloud_.clock().now() + delay, std::move(callback));
}

Result<void> RemoteSteps::advance(Duration span) {
  const auto transport = world_.http();
  if (!transport) {
    return tl::unexpected(transport.error());
  }
  const auto address = clock_of(cloud_.access());
  auto moved = await_answer<HttpResponse>(world_, [&](On<HttpResponse> on) {
    (*transport)
        ->send({.method = "POST",
                .url = address,
                .headers = {},
                .body = fmt::format(R"({{"advance": "{}ms"}})", span.count())},
               {}, std::move(on));
  });
  if (moved && moved->status != 200) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                fmt::format("'{}' answers with status {}", address, moved->status),
                                "only a lab's clock can be moved"});
  }
  // Of what time it is now, answers tell.
  return moved
             ? await_answer<CallerIdentity>(world_,
                                            [&](On<CallerIdentity> on) {
                                              cloud_.identity().get_caller_identity(std::move(on));
                                            })
                   .map([](const CallerIdentity& /*us*/) {})
             : tl::unexpected(std::move(moved.error()));
}

Result<void> RemoteSteps::run_until(const std::function<bool()>& done) {
  for (;;) {
    world_.run_until([&] { return cloud_.under_way() == 0 || done(); });
    if (done() || due_.empty()) {
      return {};
    }
    const auto next = due_.extract(due_.begin());
    const auto wait = next.key() - cloud_.clock().now();
    if (wait > Duration::zero()) {
      if (auto moved = advance(wait); !moved) {
        return tl::unexpected(std::move(moved.error()).during("move the lab's clock"));
      }
    }
    next.mapped()();
  }
}

}  // namespace spotvane::cli
