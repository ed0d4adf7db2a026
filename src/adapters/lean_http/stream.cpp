#include "adapters/lean_http/stream.hpp"

#include "adapters/system/event_loop.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <openssl/ssl.h>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>

namespace spotvane::adapters {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

struct TlsTrust::Context {
  asio::ssl::context ssl{asio::ssl::context::tls_client};
};

namespace {

/// Where distributions keep the certificates they trust.
constexpr std::array kBundles{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Amazon Linux, RHEL, Fedora
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // newer ones of these
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/ssl/cert.pem",
};

tl::unexpected<Error> no_stream(const StreamTarget& target, const std::string& why) {
  return fail(ErrorKind::Unavailable, "'{}:{}' cannot be reached: {}", target.host, target.port,
              why);
}

/// A stream whose state the callbacks share, so that they may come when it is gone.
template <typename Layer>
class LayeredStream final : public Stream {
 public:
  struct State {
    template <typename... Arguments>
    explicit State(Arguments&&... arguments) : layer{std::forward<Arguments>(arguments)...} {}

    Layer layer;
    std::string leaving = {};
    std::array<char, 4096> arriving = {};
    bool is_gone = false;
  };

  explicit LayeredStream(std::shared_ptr<State> state) : state_{std::move(state)} {}

  ~LayeredStream() override {
    state_->is_gone = true;
    ErrorCode ignored;
    state_->layer.lowest_layer().close(ignored);
  }

  void write(std::string bytes, std::function<void(Result<void>)> on_done) override {
    state_->leaving = std::move(bytes);
    asio::async_write(
        state_->layer, asio::buffer(state_->leaving),
        [state = state_, on_done = std::move(on_done)](const ErrorCode& error,
                                                       std::size_t) noexcept {
          if (!state->is_gone) {
            on_done(error ? fail(ErrorKind::Unavailable, "{}", error.message()) : Result<void>{});
          }
        });
  }

  void read(std::function<void(Result<std::string_view>)> on_bytes) override {
    state_->layer.async_read_some(
        asio::buffer(state_->arriving), [state = state_, on_bytes = std::move(on_bytes)](
                                            const ErrorCode& error, std::size_t size) noexcept {
          if (state->is_gone) {
            return;
          }
          const bool is_end =
              error == asio::error::eof || error == asio::ssl::error::stream_truncated;
          if (error && !is_end) {
            return on_bytes(fail(ErrorKind::Unavailable, "{}", error.message()));
          }
          on_bytes(std::string_view{state->arriving.data(), size});
        });
  }

  bool is_quiet() override {
    char byte = 0;
    const auto count =
        recv(state_->layer.lowest_layer().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && errno == EAGAIN;
  }

 private:
  std::shared_ptr<State> state_;
};

using PlainStream = LayeredStream<Socket>;
using TlsStream = LayeredStream<asio::ssl::stream<Socket>>;

/// A connection being made.
template <typename Layered>
struct Opening : std::enable_shared_from_this<Opening<Layered>> {
  using OnStream = std::function<void(Result<std::unique_ptr<Stream>>)>;
  using State = typename Layered::State;

  Opening(asio::io_context& context, StreamTarget the_target, std::shared_ptr<State> the_state,
          OnStream callback)
      : target{std::move(the_target)},
        state{std::move(the_state)},
        timeout{context},
        on_stream{std::move(callback)} {}

  void start(Duration patience) {
    timeout.expires_after(patience);
    timeout.async_wait([self = this->shared_from_this()](const ErrorCode& error) noexcept {
      if (!error) {
        self->give_up("it did not answer in time");
      }
    });
    ErrorCode error;
    const tcp::endpoint endpoint{asio::ip::make_address(target.address, error), target.port};
    state->layer.lowest_layer().async_connect(
        endpoint, [self = this->shared_from_this()](const ErrorCode& failure) noexcept {
          self->connected(failure);
        });
  }

  void connected(const ErrorCode& error) {
    if (error) {
      return give_up(error.message());
    }
    ErrorCode ignored;
    state->layer.lowest_layer().set_option(tcp::no_delay{true}, ignored);
    if constexpr (std::is_same_v<Layered, TlsStream>) {
      state->layer.async_handshake(
          asio::ssl::stream_base::client,
          [self = this->shared_from_this()](const ErrorCode& failure) noexcept {
            failure ? self->give_up(failure.message()) : self->succeed();
          });
    } else {
      succeed();
    }
  }

  void give_up(const std::string& why) {
    ErrorCode ignored;
    state->layer.lowest_layer().close(ignored);
    finish(no_stream(target, why));
  }

  void succeed() {
    if (on_stream) {
      finish(std::make_unique<Layered>(state));
    }
  }

  void finish(Result<std::unique_ptr<Stream>> stream) {
    timeout.cancel();
    if (on_stream) {
      std::exchange(on_stream, nullptr)(std::move(stream));
    }
  }

  StreamTarget target;
  std::shared_ptr<State> state;
  Timer timeout;
  OnStream on_stream;  // none: told
};

}  // namespace

TlsTrust::TlsTrust(std::string ca_bundle) : ca_bundle_{std::move(ca_bundle)} {}
TlsTrust::~TlsTrust() = default;

Result<TlsTrust::Context*> TlsTrust::context() {
  if (context_) {
    return context_.get();
  }
  auto bundle = ca_bundle_;
  for (const auto* candidate : kBundles) {
    std::error_code ignored;
    if (bundle.empty() && std::filesystem::exists(candidate, ignored)) {
      bundle = candidate;
    }
  }
  auto context = std::make_unique<Context>();
  ErrorCode error;
  context->ssl.load_verify_file(bundle, error);
  if (error) {
    return tl::unexpected(Error{
        ErrorKind::Unavailable,
        fmt::format("certificates to trust cannot be read from '{}': {}", bundle, error.message()),
        "install the system's CA certificates, or name a file of them in AWS_CA_BUNDLE"});
  }
  context->ssl.set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_mode(context->ssl.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_min_proto_version(context->ssl.native_handle(), TLS1_2_VERSION);
  context_ = std::move(context);
  return context_.get();
}

void open_stream(EventLoop& loop, TlsTrust& trust, StreamTarget target, Duration timeout,
                 std::function<void(Result<std::unique_ptr<Stream>>)> on_stream) {
  auto& context = loop.context();
  if (!target.is_tls) {
    auto state = std::make_shared<PlainStream::State>(context);
    std::make_shared<Opening<PlainStream>>(context, std::move(target), std::move(state),
                                           std::move(on_stream))
        ->start(timeout);
    return;
  }
  const auto trusted = trust.context();
  if (!trusted) {
    return loop.post([error = trusted.error(), on_stream = std::move(on_stream)] {
      on_stream(tl::unexpected(error));
    });
  }
  auto state = std::make_shared<TlsStream::State>(Socket{context}, (*trusted)->ssl);
  auto* ssl = state->layer.native_handle();
  SSL_set_tlsext_host_name(ssl, target.host.c_str());
  ErrorCode not_an_address;
  asio::ip::make_address(target.host, not_an_address);
  if (not_an_address) {
    SSL_set1_host(ssl, target.host.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), target.host.c_str());
  }
  std::make_shared<Opening<TlsStream>>(context, std::move(target), std::move(state),
                                       std::move(on_stream))
      ->start(timeout);
}

}  // namespace spotvane::adapters
