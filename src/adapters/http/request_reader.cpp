#include "adapters/http/request_reader.hpp"

#include "base/assert.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace spotvane::adapters {

namespace http = boost::beast::http;

namespace {

/// Room for the line between two chunks; Beast itself would wait for its end for ever.
constexpr std::size_t kMostBytesBetweenChunks = 4U << 10U;

std::string text(boost::beast::string_view view) {
  return {view.data(), view.size()};
}

RequestReader::Refusal refusal_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) {
    return {.status = 431, .reason = "the request's header is too long"};
  }
  if (error == http::error::body_limit) {
    return {.status = 413, .reason = "the request's body is too long"};
  }
  return {.status = 400, .reason = "the request is not HTTP/1.1: " + error.message()};
}

}  // namespace

struct RequestReader::Impl {
  using Parser = http::request_parser<http::string_body>;

  explicit Impl(Limits the_limits) : limits{the_limits} { start(); }

  void start() {
    parser.emplace();
    parser->eager(true);
    parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser->body_limit(limits.body_bytes);
    was_told_to_continue = false;
  }

  /// Empty lines before a request are to be ignored (RFC 9112, 2.2).
  std::string_view unread() {
    if (!parser->got_some()) {
      read = std::min(bytes.find_first_not_of("\r\n", read), bytes.size());
    }
    return std::string_view{bytes}.substr(read);
  }

  Progress wait_for_more() {
    if (!parser->is_header_done()) {
      return Progress::NeedsMore;
    }
    if (bytes.size() - read > kMostBytesBetweenChunks) {
      return refuse({.status = 400, .reason = "a chunk's header is too long"});
    }
    const auto expect = parser->get()[http::field::expect];
    if (!was_told_to_continue && boost::beast::iequals(expect, "100-continue")) {
      was_told_to_continue = true;
      return Progress::WantsContinue;
    }
    return Progress::NeedsMore;
  }

  Progress refuse(Refusal why) {
    refusal = std::move(why);
    return Progress::Refused;
  }

  Limits limits;
  std::optional<Parser> parser;
  std::string bytes;
  std::size_t read = 0;  // of `bytes`
  bool was_told_to_continue = false;
  Refusal refusal;
};

RequestReader::RequestReader(Limits limits) : impl_{std::make_unique<Impl>(limits)} {}
RequestReader::~RequestReader() = default;

void RequestReader::append(std::string_view bytes) {
  impl_->bytes.erase(0, std::exchange(impl_->read, 0));
  impl_->bytes.append(bytes);
}

RequestReader::Progress RequestReader::advance() {
  auto& parser = *impl_->parser;
  while (!parser.is_done()) {
    const auto unread = impl_->unread();
    if (unread.empty()) {
      return impl_->wait_for_more();
    }
    boost::system::error_code error;
    impl_->read += parser.put(boost::asio::buffer(unread.data(), unread.size()), error);
    if (error == http::error::need_more) {
      return impl_->wait_for_more();
    }
    if (error) {
      return impl_->refuse(refusal_of(error));
    }
  }
  return Progress::Complete;
}

RequestReader::Incoming RequestReader::take() {
  SPOTVANE_ASSERT(impl_->parser->is_done());
  auto message = impl_->parser->release();
  Incoming incoming{.keeps_alive = message.keep_alive(), .is_http_1_0 = message.version() < 11};
  incoming.request.method = text(message.method_string());
  incoming.request.url = text(message.target());
  for (const auto& field : message) {
    incoming.request.headers.push_back({text(field.name_string()), text(field.value())});
  }
  incoming.request.body = std::move(message.body());
  impl_->start();
  return incoming;
}

const RequestReader::Refusal& RequestReader::refusal() const {
  return impl_->refusal;
}

bool RequestReader::is_between_requests() const {
  return impl_->read == impl_->bytes.size() && !impl_->parser->got_some();
}

}  // namespace spotvane::adapters
