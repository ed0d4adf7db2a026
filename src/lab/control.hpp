#pragma once

#include "base/http_message.hpp"
#include "lab/faults.hpp"
#include "lab/lab_clock.hpp"
#include "lab/throttle.hpp"
#include "lab/world.hpp"

#include <string_view>

namespace spotvane::lab {

/// Below this path the lab takes orders. They are neither signed nor counted nor spoilt.
inline constexpr std::string_view kControlPath = "/_lab/";

/// Carries out an order and says in JSON how things then are, or what was wrong with the order.
HttpResponse control(const HttpRequest& request, LabClock& clock, Faults& faults,
                     const Throttle& throttle, World& world);

}  // namespace spotvane::lab
