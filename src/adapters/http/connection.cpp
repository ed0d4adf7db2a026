#include "adapters/http/connection.hpp"

#include "adapters/http/reply_text.hpp"
#include "adapters/system/event_loop.hpp"
#include "base/assert.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

class SocketConnection final : public Connection,
                               public std::enable_shared_from_this<SocketConnection> {
 public:
  SocketConnection(EventLoop& loop, int socket, RequestReader::Limits limits, HttpHandler& handler,
                   std::function<void(const Connection&)> on_close)
      : loop_{loop},
        socket_{loop.context(), tcp::v4(), socket},  // the family plays no part once connected
        reader_{limits},
        handler_{handler},
        on_close_{std::move(on_close)} {
    ErrorCode ignored;
    socket_.set_option(tcp::no_delay{true}, ignored);  // a reply is one write: nothing to wait for
  }

  void start() override { advance(); }

  void finish() override {
    is_finishing_ = true;
    if (is_discarding_ || (is_waiting_for_bytes_ && reader_.is_between_requests())) {
      close();
    }
  }

  void close() override {
    if (!socket_.is_open()) {
      return;
    }
    ErrorCode ignored;
    socket_.close(ignored);
    on_close_(*this);
  }

  void close_if_idle() override {
    const bool has_moved = std::exchange(has_moved_, false);
    if (!has_moved && !is_handling_) {
      close();
    }
  }

 private:
  using Progress = RequestReader::Progress;

  /// Goes on until the next thing has to be waited for.
  void advance() {
    switch (reader_.advance()) {
      case Progress::NeedsMore:
        read();
        return;
      case Progress::WantsContinue:
        write("HTTP/1.1 100 Continue\r\n\r\n", [](SocketConnection& self) { self.advance(); });
        return;
      case Progress::Complete:
        handle(reader_.take());
        return;
      case Progress::Refused:
        refuse();
        return;
    }
  }

  void read() {
    is_waiting_for_bytes_ = true;
    if (is_finishing_ && reader_.is_between_requests()) {
      close();
      return;
    }
    socket_.async_read_some(
        asio::buffer(arriving_),
        [self = shared_from_this()](const ErrorCode& error, std::size_t size) noexcept {
          self->is_waiting_for_bytes_ = false;
          if (error) {
            self->close();
            return;
          }
          self->has_moved_ = true;
          self->reader_.append({self->arriving_.data(), size});
          self->advance();
        });
  }

  void handle(RequestReader::Incoming incoming) {
    const ReplyTraits traits{.to_head = incoming.request.method == "HEAD",
                             .keeps_alive = incoming.keeps_alive,
                             .to_http_1_0 = incoming.is_http_1_0};
    is_handling_ = true;
    handler_.handle(std::move(incoming.request),
                    [weak = weak_from_this(), traits](HttpReply reply) {
                      if (const auto self = weak.lock()) {
                        self->answer_later(std::move(reply), traits);
                      }
                    });
  }

  void answer_later(HttpReply reply, ReplyTraits traits) {
    if (!socket_.is_open()) {
      return;
    }
    SPOTVANE_ASSERT(is_handling_);  // a handler answers once
    const auto delay = reply.delay;
    if (delay <= Duration::zero()) {
      answer(reply, traits);
      return;
    }
    loop_.after(delay, [self = shared_from_this(), reply = std::move(reply), traits] {
      if (self->socket_.is_open()) {
        self->answer(reply, traits);
      }
    });
  }

  void answer(const HttpReply& reply, ReplyTraits traits) {
    is_handling_ = false;
    if (reply.manner == HttpReply::Manner::Reset) {
      reset();
      return;
    }
    traits.keeps_alive = traits.keeps_alive && !is_finishing_;
    const bool closes = !traits.keeps_alive || reply.manner == HttpReply::Manner::Truncated;
    write(reply_text(reply, traits), [closes](SocketConnection& self) {
      if (closes) {
        self.close();
      } else {
        self.advance();
      }
    });
  }

  void reset() {
    ErrorCode ignored;
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
    close();
  }

  void refuse() {
    const auto& refusal = reader_.refusal();
    const HttpReply reply{.response = {.status = refusal.status,
                                       .headers = {{"Content-Type", "text/plain"}},
                                       .body = refusal.reason + "\n"}};
    write(reply_text(reply, {.keeps_alive = false}), [](SocketConnection& self) {
      ErrorCode ignored;
      self.socket_.shutdown(asio::socket_base::shutdown_send, ignored);
      self.is_discarding_ = true;
      self.discard();
    });
  }

  /// Closing on bytes not yet read resets the connection, and the client would lose our refusal; so
  /// they are read away until the client closes or is idle.
  void discard() {
    if (is_finishing_) {
      close();
      return;
    }
    socket_.async_read_some(
        asio::buffer(arriving_),
        [self = shared_from_this()](const ErrorCode& error, std::size_t) noexcept {
          if (error) {
            self->close();
          } else {
            self->discard();
          }
        });
  }

  void write(std::string bytes, std::function<void(SocketConnection&)> then) {
    leaving_ = std::move(bytes);
    asio::async_write(socket_, asio::buffer(leaving_),
                      [self = shared_from_this(), then = std::move(then)](const ErrorCode& error,
                                                                          std::size_t) noexcept {
                        if (error) {
                          self->close();
                          return;
                        }
                        self->has_moved_ = true;
                        then(*self);
                      });
  }

  EventLoop& loop_;
  asio::basic_stream_socket<tcp, asio::io_context::executor_type> socket_;
  RequestReader reader_;
  HttpHandler& handler_;
  std::function<void(const Connection&)> on_close_;
  std::array<char, 8192> arriving_{};
  std::string leaving_;
  bool has_moved_ = true;
  bool is_waiting_for_bytes_ = false;
  bool is_handling_ = false;
  bool is_discarding_ = false;
  bool is_finishing_ = false;
};

}  // namespace

std::shared_ptr<Connection> make_connection(EventLoop& loop, int socket,
                                            RequestReader::Limits limits, HttpHandler& handler,
                                            std::function<void(const Connection&)> on_close) {
  return std::make_shared<SocketConnection>(loop, socket, limits, handler, std::move(on_close));
}

}  // namespace spotvane::adapters
