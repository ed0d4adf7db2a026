#include "adapters/lean_http/name_lookup.hpp"

#include "adapters/system/event_loop.hpp"
#include "base/split.hpp"
#include "wire/dns_message.hpp"

#include <boost/asio/basic_datagram_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;
using asio::ip::udp;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::uint16_t kPort = 53;
constexpr Duration kPatience = std::chrono::seconds{1};  // with one server
constexpr int kRounds = 2;                               // through all of them

std::string whole_file(const char* path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::vector<std::string_view> words_of(std::string_view line) {
  line = line.substr(0, line.find_first_of("#;"));
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const auto end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

bool is_address(const std::string& text) {
  ErrorCode error;
  asio::ip::make_address(text, error);
  return !error;
}

}  // namespace

std::vector<std::string> read_name_servers(std::string_view resolv_conf) {
  std::vector<std::string> servers;
  for (const auto line : split(resolv_conf, '\n')) {
    const auto words = words_of(line);
    if (words.size() >= 2 && words[0] == "nameserver" && is_address(std::string{words[1]})) {
      servers.emplace_back(words[1]);
    }
  }
  return servers.empty() ? std::vector<std::string>{"127.0.0.1"} : servers;
}

std::map<std::string, std::string, std::less<>> read_hosts(std::string_view hosts) {
  std::map<std::string, std::string, std::less<>> addresses;
  for (const auto line : split(hosts, '\n')) {
    const auto words = words_of(line);
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (is_address(std::string{words[0]})) {
        addresses.try_emplace(std::string{words[i]}, words[0]);
      }
    }
  }
  return addresses;
}

/// One name on its way from server to server.
struct NameLookup::Question : std::enable_shared_from_this<Question> {
  using Socket = asio::basic_datagram_socket<udp, asio::io_context::executor_type>;

  Question(asio::io_context& context, std::string the_name, OnAddresses callback)
      : socket{context}, name{std::move(the_name)}, on_addresses{std::move(callback)} {}

  void finish(Result<std::vector<std::string>> addresses) {
    ErrorCode ignored;
    socket.close(ignored);
    if (on_addresses) {
      std::exchange(on_addresses, nullptr)(std::move(addresses));
    }
  }

  Socket socket;
  std::string name;
  OnAddresses on_addresses;  // none: answered
  std::vector<std::string> servers;
  std::size_t next = 0;  // counts through the servers, round after round
  wire::DnsRecord kind = wire::DnsRecord::A;
  std::uint16_t id = 0;
  int attempt = 0;
  std::string trouble = "no name server answered";
  std::array<char, 4096> arriving = {};
};

NameLookup::NameLookup(EventLoop& loop, Random random) : loop_{loop}, random_{random} {}

void NameLookup::find(std::string name, OnAddresses on_addresses) {
  if (is_address(name)) {
    return on_addresses(std::vector{std::move(name)});
  }
  // Both files are small, and may change while the program runs.
  const auto hosts = read_hosts(whole_file("/etc/hosts"));
  if (const auto known = hosts.find(name); known != hosts.end()) {
    return on_addresses(std::vector{known->second});
  }
  if (name == "localhost") {
    return on_addresses(std::vector<std::string>{"127.0.0.1"});
  }
  const auto question =
      std::make_shared<Question>(loop_.context(), std::move(name), std::move(on_addresses));
  question->servers = read_name_servers(whole_file("/etc/resolv.conf"));
  ask(question);
}

void NameLookup::ask(const std::shared_ptr<Question>& question) {
  if (question->next >= question->servers.size() * kRounds) {
    return question->finish(fail(ErrorKind::Unavailable, "the address of '{}' cannot be found: {}",
                                 question->name, question->trouble));
  }
  const auto& server = question->servers[question->next++ % question->servers.size()];
  question->id = static_cast<std::uint16_t>(random_.below(65536));
  const auto query = wire::write_dns_query(question->id, question->name, question->kind);
  if (!query) {
    return question->finish(tl::unexpected(query.error()));
  }
  ErrorCode error;
  const udp::endpoint endpoint{asio::ip::make_address(server, error), kPort};
  question->socket.close(error);
  error = {};
  question->socket.open(endpoint.protocol(), error);
  if (!error) {
    question->socket.connect(endpoint, error);  // so that only this server is heard
  }
  if (!error) {
    question->socket.send(asio::buffer(*query), 0, error);
  }
  const int attempt = ++question->attempt;
  if (error) {
    question->trouble = error.message();
    return ask(question);
  }
  loop_.after(kPatience, [this, question, attempt] {
    if (question->on_addresses && question->attempt == attempt) {
      ask(question);
    }
  });
  question->socket.async_receive(
      asio::buffer(question->arriving),
      [this, question, attempt](const ErrorCode& failure, std::size_t size) noexcept {
        if (!question->on_addresses || question->attempt != attempt) {
          return;
        }
        auto addresses = failure ? fail(ErrorKind::Unavailable, "{}", failure.message())
                                 : wire::read_dns_answer({question->arriving.data(), size},
                                                         question->id, question->kind);
        if (addresses && !addresses->empty()) {
          return question->finish(std::move(addresses));
        }
        if (addresses && question->kind == wire::DnsRecord::A) {
          question->kind = wire::DnsRecord::Aaaa;  // a name without IPv4
          question->next = 0;
        } else {
          question->trouble = addresses ? "it has no address" : addresses.error().message;
        }
        ask(question);
      });
}

}  // namespace spotvane::adapters
