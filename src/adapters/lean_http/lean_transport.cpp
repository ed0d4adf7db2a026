#include "adapters/lean_http/lean_transport.hpp"

#include "adapters/lean_http/name_lookup.hpp"
#include "adapters/lean_http/response_reader.hpp"
#include "adapters/lean_http/stream.hpp"
#include "adapters/system/event_loop.hpp"
#include "base/number.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <map>
#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;

namespace {

using ExchangeTimer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                                 asio::wait_traits<std::chrono::steady_clock>,
                                                 asio::io_context::executor_type>;

/// Addresses of one host to try, at most.
constexpr std::size_t kMostAddresses = 2;

struct Origin {
  std::string host;
  std::uint16_t port = 80;
  bool is_tls = false;

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

Result<Origin> origin_of(const wire::UrlParts& url) {
  Origin origin{.host = {}, .port = 80, .is_tls = url.scheme == "https"};
  if (url.scheme != "http" && url.scheme != "https") {
    return fail(ErrorKind::InvalidInput, "'{}' is no scheme to ask by", url.scheme);
  }
  origin.port = origin.is_tls ? 443 : 80;
  auto authority = url.authority;
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const auto port = parse_integer(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) {
      return fail(ErrorKind::InvalidInput, "'{}' names no port", authority);
    }
    origin.port = static_cast<std::uint16_t>(*port);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  origin.host = std::string{authority};
  if (origin.host.empty()) {
    return fail(ErrorKind::InvalidInput, "the address names no host");
  }
  return origin;
}

std::string request_text(const HttpRequest& request, const wire::UrlParts& url,
                         const std::string& user_agent) {
  auto text = fmt::format("{} {}{}{} HTTP/1.1\r\n", request.method, url.path,
                          url.query.empty() ? "" : "?", url.query);
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}: {}\r\n", name, value);
  };
  const auto add_if_missing = [&](std::string_view name, std::string_view value) {
    if (find_header(request.headers, name) == nullptr) {
      add(name, value);
    }
  };
  add_if_missing("Host", wire::host_header(url));
  add_if_missing("User-Agent", user_agent);
  for (const auto& header : request.headers) {
    add(header.name, header.value);
  }
  if (!request.body.empty() || request.method != "GET") {
    add_if_missing("Content-Length", fmt::to_string(request.body.size()));
  }
  return text + "\r\n" + request.body;
}

}  // namespace

struct LeanTransport::Impl : std::enable_shared_from_this<Impl> {
  /// One request on its way.
  struct Exchange {
    Ticket ticket;
    Origin origin;
    std::string text;
    bool is_head;
    HttpLimits limits;
    OnResponse on_response;
    ExchangeTimer
        timeout;  // ends with the exchange: an agent polls for ever, and need not wake twice
    std::unique_ptr<Stream> stream = {};
    std::unique_ptr<ResponseReader> reader = {};
    bool is_reused = false;  // the stream had served before
    bool has_heard = false;  // a byte of the answer
  };
  using Shared = std::shared_ptr<Exchange>;

  Impl(EventLoop& the_loop, Options the_options, Random random)
      : loop{the_loop},
        options{std::move(the_options)},
        trust{options.ca_bundle},
        names{the_loop, random} {}

  bool is_under_way(const Shared& one) const {
    const auto found = under_way.find(one->ticket);
    return found != under_way.end() && found->second == one;
  }

  void finish(const Shared& one, Result<HttpResponse> response) {
    if (under_way.erase(one->ticket) > 0) {
      one->timeout.cancel();
      one->stream.reset();
      one->on_response(std::move(response));
    }
  }

  void give_up(const Shared& one, Error error) { finish(one, tl::unexpected(std::move(error))); }

  void begin(const Shared& one) {
    const auto idle = quiet.find(one->origin);
    if (idle != quiet.end()) {
      one->stream = std::move(idle->second);
      quiet.erase(idle);
      if (one->stream->is_quiet()) {
        one->is_reused = true;
        return talk(one);
      }
      one->stream.reset();
    }
    connect(one);
  }

  void connect(const Shared& one) {
    one->is_reused = false;
    names.find(one->origin.host,
               [self = weak_from_this(), one](Result<std::vector<std::string>> addresses) {
                 const auto impl = self.lock();
                 if (!impl || !impl->is_under_way(one)) {
                   return;
                 }
                 if (!addresses) {
                   return impl->give_up(one, std::move(addresses.error()));
                 }
                 impl->open(one, std::move(*addresses), 0);
               });
  }

  void open(const Shared& one, std::vector<std::string> addresses, std::size_t index) {
    const auto& address = addresses[index];
    open_stream(
        loop, trust,
        {.host = one->origin.host,
         .address = address,
         .port = one->origin.port,
         .is_tls = one->origin.is_tls},
        one->limits.connect_timeout,
        [self = weak_from_this(), one, addresses, index](Result<std::unique_ptr<Stream>> stream) {
          const auto impl = self.lock();
          if (!impl || !impl->is_under_way(one)) {
            return;
          }
          if (stream) {
            one->stream = std::move(*stream);
            return impl->talk(one);
          }
          if (index + 1 < std::min(addresses.size(), kMostAddresses)) {
            return impl->open(one, addresses, index + 1);
          }
          impl->give_up(one, std::move(stream.error()));
        });
  }

  // A stream's callbacks die with it, and it dies with the exchange.
  void talk(const Shared& one) {
    one->reader = std::make_unique<ResponseReader>(one->limits.body_bytes, one->is_head);
    one->stream->write(one->text, [this, weak = std::weak_ptr{one}](const Result<void>& done) {
      const auto exchange = weak.lock();
      if (!exchange) {
        return;
      }
      done ? listen(exchange) : broken(exchange, done.error().message);
    });
  }

  void listen(const Shared& one) {
    one->stream->read([this, weak = std::weak_ptr{one}](Result<std::string_view> bytes) {
      const auto exchange = weak.lock();
      if (!exchange) {
        return;
      }
      if (!bytes) {
        return broken(exchange, bytes.error().message);
      }
      hear(exchange, *bytes);
    });
  }

  void hear(const Shared& one, std::string_view bytes) {
    if (bytes.empty() && !one->has_heard) {
      return broken(one, "it closed the connection without an answer");
    }
    one->has_heard = true;
    switch (bytes.empty() ? one->reader->end() : one->reader->append(bytes)) {
      case ResponseReader::Progress::NeedsMore:
        return listen(one);
      case ResponseReader::Progress::Broken:
        return give_up(one, {ErrorKind::Unavailable,
                             fmt::format("'{}:{}' gave no whole answer: {}", one->origin.host,
                                         one->origin.port, one->reader->trouble())});
      case ResponseReader::Progress::Complete:
        break;
    }
    if (one->reader->keeps_alive()) {
      quiet[one->origin] = std::move(one->stream);
    }
    finish(one, one->reader->take());
  }

  /// A server may close a connection it keeps just as we ask: that says nothing about the request,
  /// which goes out again over a new one.
  void broken(const Shared& one, const std::string& why) {
    one->stream.reset();
    if (one->is_reused && !one->has_heard) {
      return connect(one);
    }
    give_up(one, {ErrorKind::Unavailable, fmt::format("'{}:{}' gave no answer: {}",
                                                      one->origin.host, one->origin.port, why)});
  }

  EventLoop& loop;
  Options options;
  TlsTrust trust;
  NameLookup names;
  Ticket next_ticket = 1;
  std::map<Ticket, Shared> under_way = {};
  std::map<Origin, std::unique_ptr<Stream>> quiet = {};  // one a server is kept
};

LeanTransport::LeanTransport(EventLoop& loop, Options options, Random random)
    : impl_{std::make_shared<Impl>(loop, std::move(options), random)} {}

LeanTransport::~LeanTransport() = default;

HttpTransport::Ticket LeanTransport::send(HttpRequest request, HttpLimits limits,
                                          OnResponse on_response) {
  const auto ticket = impl_->next_ticket++;
  const auto url = wire::split_url(request.url);
  const auto origin = origin_of(url);
  auto one = std::make_shared<Impl::Exchange>(
      Impl::Exchange{.ticket = ticket,
                     .origin = origin.value_or(Origin{}),
                     .text = request_text(request, url, impl_->options.user_agent),
                     .is_head = request.method == "HEAD",
                     .limits = limits,
                     .on_response = std::move(on_response),
                     .timeout = ExchangeTimer{impl_->loop.context(), limits.whole_timeout}});
  impl_->under_way.emplace(ticket, one);
  // Weak: the timer would keep the exchange, and the exchange keeps the timer.
  const auto later = [weak = std::weak_ptr{impl_}, weak_one = std::weak_ptr{one}](const auto& act) {
    return [weak, weak_one, act] {
      const auto impl = weak.lock();
      const auto exchange = weak_one.lock();
      if (impl && exchange && impl->is_under_way(exchange)) {
        act(*impl, exchange);
      }
    };
  };
  impl_->loop.post(later([origin](Impl& impl, const Impl::Shared& exchange) {
    origin ? impl.begin(exchange) : impl.give_up(exchange, origin.error());
  }));
  const auto give_up = later([](Impl& impl, const Impl::Shared& late) {
    impl.give_up(late, {ErrorKind::Unavailable, fmt::format("'{}:{}' did not answer in time",
                                                            late->origin.host, late->origin.port)});
  });
  one->timeout.async_wait([give_up](const boost::system::error_code& error) noexcept {
    if (!error) {
      give_up();
    }
  });
  return ticket;
}

void LeanTransport::cancel(Ticket ticket) {
  impl_->under_way.erase(ticket);
}

}  // namespace spotvane::adapters
