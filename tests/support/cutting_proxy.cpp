#include "support/cutting_proxy.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

namespace spotvane::support {

namespace {

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int new_socket() {
  return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

struct Pair {
  int client;
  int server;
};

void close_both(const Pair& pair) {
  ::close(pair.client);
  ::close(pair.server);
}

}  // namespace

CuttingProxy::CuttingProxy(const std::filesystem::path& socket, std::filesystem::path server,
                           std::string words)
    : server_{std::move(server)}, words_{std::move(words)}, listener_{new_socket()} {
  const auto address = address_of(socket);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 8) != 0) {
    throw std::runtime_error{"cannot listen"};
  }
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread{[this] { serve(); }};
}

CuttingProxy::~CuttingProxy() {
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

void CuttingProxy::serve() {
  std::vector<Pair> pairs;
  for (;;) {
    std::vector<pollfd> waits{{stop_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& pair : pairs) {
      waits.push_back({pair.client, POLLIN, 0});
      waits.push_back({pair.server, POLLIN, 0});
    }
    ::poll(waits.data(), waits.size(), -1);
    if (waits[0].revents != 0) {
      break;
    }
    std::vector<Pair> left;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const bool goes_on =
          (waits[2 + 2 * i].revents == 0 || hand_on(pairs[i].client, pairs[i].server, false)) &&
          (waits[3 + 2 * i].revents == 0 || hand_on(pairs[i].server, pairs[i].client, true));
      if (goes_on) {
        left.push_back(pairs[i]);
      } else {
        close_both(pairs[i]);
      }
    }
    pairs = std::move(left);
    if (waits[1].revents != 0) {
      const auto address = address_of(server_);
      const Pair pair{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), new_socket()};
      if (::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0) {
        pairs.push_back(pair);
      } else {
        close_both(pair);
      }
    }
  }
  for (const auto& pair : pairs) {
    close_both(pair);
  }
}

bool CuttingProxy::hand_on(int from, int to, bool is_from_server) {
  std::array<char, 65536> bytes{};
  const auto count = ::recv(from, bytes.data(), bytes.size(), 0);
  if (count <= 0) {
    return false;
  }
  const std::string_view said{bytes.data(), static_cast<std::size_t>(count)};
  if (is_from_server && is_armed_ && said.find(words_) != std::string_view::npos) {
    is_armed_ = false;
    has_cut_ = true;
    return false;
  }
  return ::send(to, bytes.data(), said.size(), MSG_NOSIGNAL) == count;
}

}  // namespace spotvane::support
