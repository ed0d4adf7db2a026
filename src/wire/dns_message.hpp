#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::wire {

/// What a name server is asked for.
enum class DnsRecord : std::uint16_t { A = 1, Aaaa = 28 };

/// The question for all records of a kind that `name` has, as one datagram. Fails with
/// `InvalidInput` where it is no host's name.
Result<std::string> write_dns_query(std::uint16_t id, std::string_view name, DnsRecord kind);

/// The addresses in the answer to that question, as text ("10.0.0.1", "fd00::1"); none where the
/// name has none. Fails with `Corrupt` where it is no answer to it, with `NotFound` where there is
/// no such name, and with `Unavailable` where the server could not tell.
Result<std::vector<std::string>> read_dns_answer(std::string_view datagram, std::uint16_t id,
                                                 DnsRecord kind);

}  // namespace spotvane::wire
