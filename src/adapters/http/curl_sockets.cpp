#include "adapters/http/curl_sockets.hpp"

#include "adapters/system/event_loop.hpp"

#include <curl/curl.h>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <map>
#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

using Executor = asio::io_context::executor_type;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

struct Direction {
  Descriptor::wait_type kind;
  int ready;
  bool is_wanted = false;
  bool is_waited_for = false;
};

/// One socket of curl's for as long as curl cares about it.
struct Watch {
  Watch(asio::io_context& context, int socket) : descriptor{context} {
    ErrorCode ignored;  // the first wait will say
    descriptor.assign(socket, ignored);
  }
  ~Watch() {
    if (descriptor.is_open()) {
      descriptor.release();  // not ours to close
    }
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  Descriptor descriptor;
  Direction in{Descriptor::wait_read, CURL_CSELECT_IN};
  Direction out{Descriptor::wait_write, CURL_CSELECT_OUT};
};

}  // namespace

struct CurlSockets::Impl : std::enable_shared_from_this<CurlSockets::Impl> {
  Impl(EventLoop& loop, std::function<void(int, int)> its_on_event)
      : context{loop.context()}, timer{context}, on_event{std::move(its_on_event)} {}

  void wait(int socket, Direction Watch::* which) {
    const auto& watch = watches.at(socket);
    auto& direction = (*watch).*which;
    if (!direction.is_wanted || direction.is_waited_for) {
      return;
    }
    direction.is_waited_for = true;
    watch->descriptor.async_wait(direction.kind,
                                 [weak = weak_from_this(), watched = std::weak_ptr{watch}, socket,
                                  which](const ErrorCode& error) noexcept {
                                   const auto self = weak.lock();
                                   if (self && !watched.expired()) {
                                     self->on_ready(socket, which, watched, error);
                                   }
                                 });
  }

  void on_ready(int socket, Direction Watch::* which, const std::weak_ptr<Watch>& watched,
                const ErrorCode& error) {
    auto& direction = (*watches.at(socket)).*which;
    direction.is_waited_for = false;
    if (direction.is_wanted) {
      on_event(socket, error ? CURL_CSELECT_ERR : direction.ready);
    }
    if (!watched.expired()) {  // curl may have dropped the socket meanwhile, and taken a new one
      wait(socket, which);
    }
  }

  asio::io_context& context;
  Timer timer;
  std::function<void(int, int)> on_event;
  // The only owner: a socket must leave the loop before curl closes it and its number is reused.
  std::map<int, std::shared_ptr<Watch>> watches;
};

CurlSockets::CurlSockets(EventLoop& loop, std::function<void(int, int)> on_event)
    : impl_{std::make_shared<Impl>(loop, std::move(on_event))} {}

CurlSockets::~CurlSockets() = default;

void CurlSockets::watch(int socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    impl_->watches.erase(socket);
    return;
  }
  auto& watch = impl_->watches[socket];
  if (!watch) {
    watch = std::make_shared<Watch>(impl_->context, socket);
  }
  watch->in.is_wanted = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
  watch->out.is_wanted = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
  impl_->wait(socket, &Watch::in);
  impl_->wait(socket, &Watch::out);
}

void CurlSockets::set_timeout(long milliseconds) {
  impl_->timer.cancel();
  if (milliseconds < 0) {
    return;
  }
  impl_->timer.expires_after(std::chrono::milliseconds{milliseconds});
  impl_->timer.async_wait([weak = impl_->weak_from_this()](const ErrorCode& error) noexcept {
    const auto self = weak.lock();
    if (self && !error) {
      self->on_event(kTimeout, 0);
    }
  });
}

}  // namespace spotvane::adapters
