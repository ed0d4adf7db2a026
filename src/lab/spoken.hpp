#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

/// What a call asks, in the words of the service's JSON, whichever protocol it came by. Refuses a
/// body that is no JSON object.
Answered<Value> read_asked(const Call& call);

/// The body of a good answer, in the protocol of the call.
std::string written(const Call& call, const Value& answer);

/// An action in terms of values, as the table of actions has it.
template <auto Run>
Answered<std::string> spoken(World& world, const Call& call) {
  auto asked = read_asked(call);
  if (!asked) {
    return tl::unexpected(std::move(asked.error()));
  }
  return Run(world, call, *asked).map([&call](const Value& answer) {
    return written(call, answer);
  });
}

/// The code that a refusal had before the service spoke JSON, where it is another: clients of both
/// ages are told.
std::string_view older_code(std::string_view service, std::string_view code);

}  // namespace spotvane::lab
