#include "cli/lab_orders.hpp"

#include "cli/await_answer.hpp"
#include "ports/http_transport.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::cli {

std::string lab_address(const Cloud& cloud) {
  const auto endpoints = cloud.access().endpoints;
  const auto ec2 = std::find_if(endpoints.begin(), endpoints.end(),
                                [](const auto& one) { return one.first == "ec2"; });
  return ec2 != endpoints.end() ? ec2->second : std::string{};
}

Result<HttpResponse> order_lab(World& world, HttpRequest order) {
  const auto transport = world.http();
  if (!transport) {
    return tl::unexpected(transport.error());
  }
  return await_answer<HttpResponse>(
      world, [&](On<HttpResponse> on) { (*transport)->send(std::move(order), {}, std::move(on)); });
}

}  // namespace spotvane::cli
