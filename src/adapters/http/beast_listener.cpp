#include "adapters/http/beast_listener.hpp"

#include "adapters/http/connection.hpp"
#include "adapters/system/event_loop.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <map>
#include <utility>
#include <vector>

namespace spotvane::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// How long to leave the queue of clients alone when the process has no file descriptor left.
constexpr std::chrono::milliseconds kAcceptPause{100};

tl::unexpected<Error> cannot_listen(const BeastListener::Options& options, const ErrorCode& error) {
  Error failure{ErrorKind::InvalidInput, fmt::format("listen on '{}:{}': {}", options.address,
                                                     options.port, error.message())};
  if (error == asio::error::address_in_use) {
    failure.message =
        fmt::format("listen on '{}:{}': the port is in use", options.address, options.port);
    failure.hint = "choose another port, or 0 to take any that is free";
  } else if (error == asio::error::access_denied) {
    failure.hint = "choose a port above 1023";
  } else {
    failure.hint = "choose an address of this machine, such as 127.0.0.1";
  }
  return tl::unexpected(std::move(failure));
}

}  // namespace

struct BeastListener::Impl : std::enable_shared_from_this<BeastListener::Impl> {
  Impl(EventLoop& its_loop, HttpHandler& its_handler, Options its_options)
      : loop{its_loop},
        handler{its_handler},
        options{std::move(its_options)},
        acceptor{loop.context()},
        timer{loop.context()} {}

  ErrorCode open() {
    ErrorCode error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error) {
      return error;
    }
    const tcp::endpoint endpoint{address, options.port};
    acceptor.open(endpoint.protocol(), error);
    if (!error) {
      acceptor.set_option(Acceptor::reuse_address{true}, error);
    }
    if (!error) {
      acceptor.bind(endpoint, error);
    }
    if (!error) {
      acceptor.listen(Acceptor::max_listen_connections, error);
    }
    if (!error) {
      options.port = acceptor.local_endpoint(error).port();
    }
    return error;
  }

  void accept() {
    acceptor.async_accept(
        [weak = weak_from_this()](const ErrorCode& error, Socket socket) noexcept {
          const auto self = weak.lock();
          if (!self || !self->acceptor.is_open()) {
            return;
          }
          if (error) {
            self->accept_after_pause();
            return;
          }
          self->welcome(std::move(socket));
          self->accept();
        });
  }

  void accept_after_pause() {
    loop.after(kAcceptPause, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && self->acceptor.is_open()) {
        self->accept();
      }
    });
  }

  void welcome(Socket socket) {
    ErrorCode error;
    const int native = socket.release(error);
    if (error) {
      return;
    }
    const auto connection = make_connection(
        loop, native, {.header_bytes = options.header_bytes, .body_bytes = options.body_bytes},
        handler, [this](const Connection& closed) { open_connections.erase(&closed); });
    open_connections.emplace(connection.get(), connection);
    connection->start();
  }

  void watch_for_idleness() {
    timer.expires_after(options.idle_timeout);
    timer.async_wait([weak = weak_from_this()](const ErrorCode& error) noexcept {
      const auto self = weak.lock();
      if (error || !self) {
        return;
      }
      self->for_each_connection([](Connection& connection) { connection.close_if_idle(); });
      self->watch_for_idleness();
    });
  }

  template <typename Action>
  void for_each_connection(Action action) {
    const auto connections = open_connections;  // closing one takes it out of the map
    for (const auto& [key, connection] : connections) {
      action(*connection);
    }
  }

  EventLoop& loop;
  HttpHandler& handler;
  Options options;
  Acceptor acceptor;
  Timer timer;
  std::map<const Connection*, std::shared_ptr<Connection>> open_connections;
};

Result<std::unique_ptr<BeastListener>> BeastListener::listen(EventLoop& loop, HttpHandler& handler,
                                                             Options options) {
  auto impl = std::make_shared<Impl>(loop, handler, std::move(options));
  if (const auto error = impl->open()) {
    return cannot_listen(impl->options, error);
  }
  impl->accept();
  impl->watch_for_idleness();
  return std::unique_ptr<BeastListener>{new BeastListener{std::move(impl)}};
}

BeastListener::BeastListener(std::shared_ptr<Impl> impl) : impl_{std::move(impl)} {}

BeastListener::~BeastListener() {
  stop();
  impl_->for_each_connection([](Connection& connection) { connection.close(); });
}

std::uint16_t BeastListener::port() const {
  return impl_->options.port;
}

void BeastListener::stop() {
  ErrorCode ignored;
  impl_->acceptor.close(ignored);
  impl_->for_each_connection([](Connection& connection) { connection.finish(); });
}

std::size_t BeastListener::connections() const {
  return impl_->open_connections.size();
}

}  // namespace spotvane::adapters
