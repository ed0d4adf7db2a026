#include "adapters/http/curl_transport.hpp"

#include "adapters/http/curl_api.hpp"
#include "adapters/http/curl_exchange.hpp"
#include "adapters/http/curl_sockets.hpp"
#include "adapters/system/event_loop.hpp"
#include "base/assert.hpp"

#include <deque>
#include <map>
#include <utility>

namespace spotvane::adapters {

namespace {

struct FreeMulti {
  void operator()(CURLM* multi) const { curl().multi_cleanup(multi); }
};

int on_socket(CURL*, curl_socket_t socket, int what, void* sockets, void*) {
  static_cast<CurlSockets*>(sockets)->watch(socket, what);
  return 0;
}

int on_timer(CURLM*, long milliseconds, void* sockets) {
  static_cast<CurlSockets*>(sockets)->set_timeout(milliseconds);
  return 0;
}

}  // namespace

struct CurlTransport::Impl : std::enable_shared_from_this<CurlTransport::Impl> {
  Impl(EventLoop& its_loop, Options its_options)
      : loop{its_loop},
        options{std::move(its_options)},
        sockets{loop, [this](int socket, int ready) { drive(socket, ready); }} {
    SPOTVANE_ASSERT(multi != nullptr);
    curl().multi_setopt(multi.get(), CURLMOPT_SOCKETFUNCTION, &on_socket);
    curl().multi_setopt(multi.get(), CURLMOPT_SOCKETDATA, static_cast<void*>(&sockets));
    curl().multi_setopt(multi.get(), CURLMOPT_TIMERFUNCTION, &on_timer);
    curl().multi_setopt(multi.get(), CURLMOPT_TIMERDATA, static_cast<void*>(&sockets));
    curl().multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS,
                        static_cast<long>(options.most_in_flight));
  }

  ~Impl() {
    for (const auto& [ticket, exchange] : in_flight) {
      curl().multi_remove_handle(multi.get(), exchange->handle());
    }
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start_waiting() {
    while (in_flight.size() < options.most_in_flight && !waiting.empty()) {
      auto exchange = std::move(waiting.front());
      waiting.pop_front();
      auto* handle = exchange->handle();
      const auto ticket = exchange->ticket;
      curl().easy_setopt(handle, CURLOPT_PRIVATE, static_cast<void*>(exchange.get()));
      in_flight.emplace(ticket, std::move(exchange));
      const auto code = curl().multi_add_handle(multi.get(), handle);
      SPOTVANE_ASSERT(code == CURLM_OK);
    }
  }

  void drive(int socket, int ready) {
    int running = 0;
    curl().multi_socket_action(multi.get(),
                               socket == CurlSockets::kTimeout ? CURL_SOCKET_TIMEOUT : socket,
                               ready, &running);
    int left = 0;
    while (const auto* message = curl().multi_info_read(multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) {
        finish(message->easy_handle, message->data.result);
      }
    }
  }

  void finish(CURL* handle, CURLcode code) {
    CurlExchange* exchange = nullptr;
    curl().easy_getinfo(handle, CURLINFO_PRIVATE, &exchange);
    const auto keep = in_flight.extract(exchange->ticket);
    curl().multi_remove_handle(multi.get(), handle);
    opened += exchange->connections_opened();
    start_waiting();
    exchange->on_response(exchange->finish(code));
  }

  void refuse_later(std::unique_ptr<CurlExchange> exchange, Error why) {
    const auto ticket = exchange->ticket;
    refused.emplace(ticket, std::move(exchange));
    loop.post([weak = weak_from_this(), ticket, why = std::move(why)] {
      const auto self = weak.lock();
      if (!self) {
        return;
      }
      if (const auto node = self->refused.extract(ticket)) {
        node.mapped()->on_response(tl::unexpected(why));
      }
    });
  }

  void cancel(Ticket ticket) {
    if (const auto found = in_flight.find(ticket); found != in_flight.end()) {
      curl().multi_remove_handle(multi.get(), found->second->handle());
      in_flight.erase(found);
      start_waiting();
      return;
    }
    refused.erase(ticket);
    std::erase_if(waiting, [&](const auto& entry) { return entry->ticket == ticket; });
  }

  EventLoop& loop;
  Options options;
  CurlSockets sockets;
  std::unique_ptr<CURLM, FreeMulti> multi{curl().multi_init()};  // lets go of sockets when it dies
  std::map<Ticket, std::unique_ptr<CurlExchange>> in_flight;
  std::map<Ticket, std::unique_ptr<CurlExchange>> refused;
  std::deque<std::unique_ptr<CurlExchange>> waiting;
  Ticket last_ticket = 0;
  std::size_t opened = 0;
};

CurlTransport::CurlTransport(EventLoop& loop) : CurlTransport{loop, Options{}} {}

CurlTransport::CurlTransport(EventLoop& loop, Options options)
    : impl_{std::make_shared<Impl>(loop, std::move(options))} {}

Result<std::unique_ptr<CurlTransport>> CurlTransport::open(EventLoop& loop, Options options) {
  return load_curl().map(
      [&](const CurlApi*) { return std::make_unique<CurlTransport>(loop, std::move(options)); });
}

CurlTransport::~CurlTransport() = default;

HttpTransport::Ticket CurlTransport::send(HttpRequest request, HttpLimits limits,
                                          OnResponse on_response) {
  const auto ticket = ++impl_->last_ticket;
  auto exchange =
      std::make_unique<CurlExchange>(ticket, std::move(request), limits, std::move(on_response));
  const auto prepared = exchange->prepare(impl_->options.user_agent, impl_->options.ca_bundle);
  if (!prepared) {
    impl_->refuse_later(std::move(exchange), prepared.error());
    return ticket;
  }
  impl_->waiting.push_back(std::move(exchange));
  impl_->start_waiting();
  return ticket;
}

void CurlTransport::cancel(Ticket ticket) {
  impl_->cancel(ticket);
}

std::size_t CurlTransport::connections_opened() const {
  return impl_->opened;
}

}  // namespace spotvane::adapters
