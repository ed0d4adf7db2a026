#pragma once

#include "base/time.hpp"
#include "lab/account.hpp"
#include "model/place.hpp"
#include "wire/form.hpp"
#include "wire/service.hpp"

#include <tl/expected.hpp>

#include <string>

namespace spotvane::lab {

/// How AWS says no.
struct Refusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// What an action has to say: the body of a good answer, a value on the way there, or no.
template <typename T>
using Answered = tl::expected<T, Refusal>;

template <typename... Args>
tl::unexpected<Refusal> refuse(int status, std::string code, fmt::format_string<Args...> text,
                               Args&&... args) {
  return tl::unexpected(
      Refusal{status, std::move(code), fmt::format(text, std::forward<Args>(args)...)});
}

/// A request whose sender is known.
struct Call {
  wire::Service service;
  std::string action;
  wire::Form form;   ///< of the query protocols
  std::string body;  ///< of the JSON protocol
  model::Region region;
  Account account;
  TimePoint now;    ///< by the lab's clock
  TimePoint as_of;  ///< the moment whose world a description shows: now, or before in a stale one
  TimePoint wall_now;  ///< by the wall's, which keys expire by
  std::string request_id;
  std::string address = {};  ///< the lab's, as the sender knows it: "http://127.0.0.1:4599"
};

}  // namespace spotvane::lab
