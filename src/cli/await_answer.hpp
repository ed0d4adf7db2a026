#pragma once

#include "cli/world.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace spotvane::cli {

/// Says what to do where AWS's answer alone does not.
Error with_hint(Error error);

/// Turns the loop until `ask` is answered, or the user stops waiting: then it fails with
/// `Cancelled`.
template <typename T>
Result<T> await_answer(World& world, const std::function<void(On<T>)>& ask) {
  // Shared: an answer may still come after the user has stopped waiting for it.
  const auto answer = std::make_shared<std::optional<Result<T>>>();
  ask([answer](Result<T> result) { *answer = std::move(result); });
  world.run_until([&] { return answer->has_value() || world.interrupts() > 0; });
  if (!*answer) {
    return fail(ErrorKind::Cancelled, "stopped before there was an answer");
  }
  auto result = std::move(**answer);
  if (!result) {
    return tl::unexpected(with_hint(std::move(result.error())));
  }
  return result;
}

}  // namespace spotvane::cli
