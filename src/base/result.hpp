#pragma once

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace spotvane {

/// What a caller can do about a failure; anything finer belongs in the message.
enum class ErrorKind : std::uint8_t {
  InvalidInput,   ///< the user's words or files are wrong: show, exit 2
  NotFound,       ///< the thing asked for does not exist
  Denied,         ///< credentials missing, wrong, expired, or without the permission
  QuotaExceeded,  ///< refused by a limit that only time lifts: do not retry now
  NotEnabled,     ///< the region is not enabled for this account
  Throttled,      ///< too fast: retry later
  NoCapacity,     ///< the pool has none, or not at this price: take another pool, or wait
  Unavailable,    ///< the other side failed or could not be reached: retry
  Corrupt,        ///< data that was read makes no sense
  Storage,        ///< our own disk or database refused (full, read-only, newer than the program)
  Busy,           ///< another process is at it: wait until it ends, or stop it
  Cancelled,      ///< somebody stopped it on purpose
};

/// Whether the same may go well when it is asked again in a while.
constexpr bool is_passing(ErrorKind kind) {
  return kind == ErrorKind::Unavailable || kind == ErrorKind::Throttled;
}

/// A failure the program expects to meet.
struct Error {
  ErrorKind kind;
  std::string message;    ///< what was wrong, about which value
  std::string hint = {};  ///< what the user can do, if we know

  /// Says what was being done, outermost first: "collect prices: sign request: ...".
  Error during(std::string_view activity) && {
    message = fmt::format("{}: {}", activity, message);
    return std::move(*this);
  }
};

template <typename T>
using Result = tl::expected<T, Error>;

template <typename... Args>
tl::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
  return tl::unexpected(Error{kind, fmt::format(text, std::forward<Args>(args)...)});
}

}  // namespace spotvane
