#include "adapters/http/loopback.hpp"

#include <gtest/gtest.h>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>

namespace spotvane::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

void echo(const HttpRequest& request, const HttpHandler::Answer& answer) {
  answer({.response = {.status = 200,
                       .headers = {{"X-Method", request.method}, {"X-Target", request.url}},
                       .body = request.body}});
}

std::unique_ptr<BeastListener> listen_on_loopback(EventLoop& loop, HttpHandler& handler,
                                                  BeastListener::Options options) {
  auto listener = BeastListener::listen(loop, handler, std::move(options));
  if (!listener) {
    ADD_FAILURE() << listener.error().message;
    std::abort();
  }
  return std::move(*listener);
}

bool run_until(EventLoop& loop, const std::function<bool()>& is_done) {
  auto is_late = std::make_shared<bool>(false);
  loop.after(std::chrono::seconds{30}, [is_late] { *is_late = true; });
  return loop.run_until([&] { return is_done() || *is_late; }) && !*is_late;
}

struct RawClient::Impl : std::enable_shared_from_this<RawClient::Impl> {
  explicit Impl(EventLoop& loop) : socket{loop.context()} {}

  void read() {
    socket.async_read_some(asio::buffer(arriving),
                           [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                             self->received.append(self->arriving.data(), size);
                             self->is_closed = bool{error};
                             self->was_reset = error == asio::error::connection_reset;
                             if (!error) {
                               self->read();
                             }
                           });
  }

  asio::basic_stream_socket<tcp, asio::io_context::executor_type> socket;
  std::array<char, 4096> arriving{};
  std::string received;
  bool is_closed = false;
  bool was_reset = false;
};

RawClient::RawClient(EventLoop& loop, std::uint16_t port) : impl_{std::make_shared<Impl>(loop)} {
  impl_->socket.connect({asio::ip::address_v4::loopback(), port});
  impl_->read();
}

RawClient::~RawClient() {
  impl_->socket.close();
}

void RawClient::send(const std::string& bytes) {
  ErrorCode ignored;  // a server that refuses may close before it has read all
  asio::write(impl_->socket, asio::buffer(bytes), ignored);
}

const std::string& RawClient::received() const {
  return impl_->received;
}

bool RawClient::is_closed() const {
  return impl_->is_closed;
}

bool RawClient::was_reset() const {
  return impl_->was_reset;
}

}  // namespace spotvane::adapters
