#pragma once

#include "lab/call.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::lab {

// A call's parameters, or EC2's words for what is wrong with them. An absent or empty one is none.

Answered<std::optional<std::int64_t>> integer_parameter(const Call& call, std::string_view name,
                                                        std::int64_t least, std::int64_t most);
Answered<std::optional<TimePoint>> time_parameter(const Call& call, std::string_view name);
Answered<bool> flag_parameter(const Call& call, std::string_view name);  ///< none is false
std::optional<std::string> text_parameter(const Call& call, std::string_view name);

tl::unexpected<Refusal> refuse_missing(std::string_view name);

/// Which part of a long answer to give.
struct Page {
  TimePoint as_of;        ///< when the first page was asked: later ones show the same world
  std::size_t first = 0;  ///< entry of the answer
  std::size_t count = 0;  ///< entries at most

  std::size_t end(std::size_t total) const { return std::min(first + count, total); }
};

/// What MaxResults may be; without it, `ordinary` entries come.
struct PageSizes {
  std::int64_t least = 5;
  std::int64_t most = 1000;
  std::int64_t ordinary = 1000;
};

/// Reads MaxResults and NextToken. A token is only good for the call that gave it: refuses others
/// with `InvalidPaginationToken`.
Answered<Page> page_parameter(const Call& call, std::uint64_t seed, const PageSizes& sizes);

/// The token of the entry after `page`; empty where `page` reaches the answer's end.
std::string next_token(const Call& call, std::uint64_t seed, const Page& page, std::size_t total);

/// The same for callers that keep their token and page size elsewhere: the token that goes on with
/// `question` at entry `first`, and what such a token says; none where it is not ours.
std::string token_text(std::uint64_t seed, std::string_view question, TimePoint as_of,
                       std::size_t first);
std::optional<Page> read_token(std::uint64_t seed, std::string_view question,
                               std::string_view token);

}  // namespace spotvane::lab
