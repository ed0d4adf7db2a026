#include "adapters/lean_http/response_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <utility>

namespace spotvane::adapters {

namespace http = boost::beast::http;

struct ResponseReader::Impl {
  Progress settle(const boost::system::error_code& error) {
    if (error && error != http::error::need_more) {
      trouble = error.message();
      return Progress::Broken;
    }
    return parser.is_done() ? Progress::Complete : Progress::NeedsMore;
  }

  http::response_parser<http::string_body> parser;
  std::string unread;
  std::string trouble;
};

ResponseReader::ResponseReader(std::size_t body_bytes, bool is_to_head)
    : impl_{std::make_unique<Impl>()} {
  impl_->parser.eager(true);
  impl_->parser.body_limit(body_bytes);
  impl_->parser.header_limit(32U << 10U);
  impl_->parser.skip(is_to_head);
}

ResponseReader::~ResponseReader() = default;

ResponseReader::Progress ResponseReader::append(std::string_view bytes) {
  impl_->unread += bytes;
  boost::system::error_code error;
  while (!impl_->unread.empty() && !impl_->parser.is_done()) {
    const auto used = impl_->parser.put(boost::asio::buffer(impl_->unread), error);
    impl_->unread.erase(0, used);
    if (error || used == 0) {
      break;
    }
  }
  // "100 Continue" and its like stand before the answer; nobody asked for them.
  if (impl_->parser.is_done() && impl_->parser.get().result_int() / 100 == 1) {
    impl_->trouble = "an answer before the answer";
    return Progress::Broken;
  }
  return impl_->settle(error);
}

ResponseReader::Progress ResponseReader::end() {
  boost::system::error_code error;
  impl_->parser.put_eof(error);
  if (!error && !impl_->parser.is_done()) {
    impl_->trouble = "it ended too early";
    return Progress::Broken;
  }
  return impl_->settle(error);
}

HttpResponse ResponseReader::take() {
  auto message = impl_->parser.release();
  HttpResponse response{.status = static_cast<int>(message.result_int()), .headers = {}};
  for (const auto& field : message) {
    const auto name = field.name_string();
    const auto value = field.value();
    response.headers.push_back(
        {std::string{name.data(), name.size()}, std::string{value.data(), value.size()}});
  }
  response.body = std::move(message.body());
  return response;
}

bool ResponseReader::keeps_alive() const {
  return impl_->unread.empty() && impl_->parser.keep_alive() && !impl_->parser.need_eof();
}

const std::string& ResponseReader::trouble() const {
  return impl_->trouble;
}

}  // namespace spotvane::adapters
