#pragma once

#include "cli/world.hpp"

#include <string>

namespace spotvane::cli {

/// Where the lab is that `cloud` asks: its EC2's address, below which it takes orders.
std::string lab_address(const Cloud& cloud);

/// Sends a lab an order (docs/lab.md), and waits for what it says to it. Fails as `await_answer`
/// does, and with `Storage` where there is no way to send anything.
Result<HttpResponse> order_lab(World& world, HttpRequest order);

}  // namespace spotvane::cli
