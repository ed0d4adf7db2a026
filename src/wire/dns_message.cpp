#include "wire/dns_message.hpp"

#include "base/split.hpp"

#include <arpa/inet.h>

#include <array>
#include <optional>

namespace spotvane::wire {

namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kMostLabelBytes = 63;
constexpr std::size_t kMostNameBytes = 253;
constexpr std::uint16_t kInternet = 1;

void add_number(std::string& bytes, std::uint16_t number) {
  bytes += static_cast<char>(number >> 8U);
  bytes += static_cast<char>(number & 0xFFU);
}

/// Reads front to back; an overrun is remembered and reads as zeros.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_{bytes} {}

  bool has_overrun() const { return has_overrun_; }

  std::string_view take(std::size_t count) {
    if (count > bytes_.size() - at_) {
      has_overrun_ = true;
      at_ = bytes_.size();
      return {};
    }
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

  std::uint16_t number() {
    const auto two = take(2);
    return two.empty() ? std::uint16_t{0}
                       : static_cast<std::uint16_t>((static_cast<unsigned char>(two[0]) << 8U) |
                                                    static_cast<unsigned char>(two[1]));
  }

  /// A name, which may end with a pointer to an earlier one.
  void skip_name() {
    while (!has_overrun_) {
      const auto head = take(1);
      const auto length = head.empty() ? 0U : static_cast<unsigned char>(head[0]);
      if (length == 0) {
        return;
      }
      if (length >= 0xC0U) {
        take(1);
        return;
      }
      take(length);
    }
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool has_overrun_ = false;
};

std::optional<std::string> address_text(DnsRecord kind, std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = kind == DnsRecord::A ? AF_INET : AF_INET6;
  if (bytes.size() != (kind == DnsRecord::A ? 4U : 16U) ||
      inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr) {
    return std::nullopt;
  }
  return std::string{text.data()};
}

}  // namespace

Result<std::string> write_dns_query(std::uint16_t id, std::string_view name, DnsRecord kind) {
  if (name.ends_with('.')) {
    name.remove_suffix(1);
  }
  std::string query;
  add_number(query, id);
  add_number(query, 0x0100);  // recursion is wanted
  for (const auto count : std::array<std::uint16_t, 4>{1, 0, 0, 0}) {
    add_number(query, count);
  }
  for (const auto label : split(name, '.')) {
    if (label.empty() || label.size() > kMostLabelBytes || name.size() > kMostNameBytes) {
      return fail(ErrorKind::InvalidInput, "'{}' is not the name of a host", name);
    }
    query += static_cast<char>(label.size());
    query += label;
  }
  if (query.size() == kHeaderBytes) {
    return fail(ErrorKind::InvalidInput, "an empty name is not the name of a host");
  }
  query += '\0';
  add_number(query, static_cast<std::uint16_t>(kind));
  add_number(query, kInternet);
  return query;
}

Result<std::vector<std::string>> read_dns_answer(std::string_view datagram, std::uint16_t id,
                                                 DnsRecord kind) {
  Reader reader{datagram};
  const auto answered_id = reader.number();
  const auto flags = reader.number();
  const int questions = reader.number();
  const int answers = reader.number();
  reader.take(4);  // servers and additions, which nobody asked for
  const bool is_answer = (flags & 0x8000U) != 0;
  if (reader.has_overrun() || answered_id != id || !is_answer) {
    return fail(ErrorKind::Corrupt, "that is no answer to the question");
  }
  constexpr unsigned kNoSuchName = 3;
  if (const auto code = flags & 0xFU; code != 0) {
    return code == kNoSuchName
               ? fail(ErrorKind::NotFound, "there is no such name")
               : fail(ErrorKind::Unavailable, "the name server answered with code {}", code);
  }
  for (int i = 0; i < questions; ++i) {
    reader.skip_name();
    reader.take(4);
  }
  std::vector<std::string> addresses;
  for (int i = 0; i < answers && !reader.has_overrun(); ++i) {
    reader.skip_name();
    const auto record = reader.number();
    const auto record_class = reader.number();
    reader.take(4);  // for how long it holds
    const auto data = reader.take(reader.number());
    if (record == static_cast<std::uint16_t>(kind) && record_class == kInternet) {
      if (auto text = address_text(kind, data)) {
        addresses.push_back(std::move(*text));
      }
    }
  }
  // A datagram that was cut short still holds whole records at its beginning.
  const bool is_cut = (flags & 0x0200U) != 0;
  if (reader.has_overrun() && !is_cut) {
    return fail(ErrorKind::Corrupt, "the answer ends too early");
  }
  return addresses;
}

}  // namespace spotvane::wire
