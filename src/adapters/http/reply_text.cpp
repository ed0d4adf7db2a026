#include "adapters/http/reply_text.hpp"

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace spotvane::adapters {

namespace {

bool is_framing(std::string_view name) {
  constexpr std::string_view kFraming[] = {"content-length", "connection", "transfer-encoding"};
  return std::any_of(std::begin(kFraming), std::end(kFraming), [&](std::string_view framing) {
    return boost::beast::iequals(name, framing);
  });
}

/// A line break in a header would let whoever chose its text write headers of his own.
void append_without_line_breaks(std::string& text, std::string_view part) {
  std::replace_copy_if(
      part.begin(), part.end(), std::back_inserter(text),
      [](char letter) { return letter == '\r' || letter == '\n' || letter == '\0'; }, ' ');
}

std::string_view reason_of(int status) {
  namespace http = boost::beast::http;
  return http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
}

bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string header_text(const HttpResponse& response, ReplyTraits traits) {
  auto text = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_of(response.status));
  for (const auto& header : response.headers) {
    if (!is_framing(header.name)) {
      append_without_line_breaks(text, header.name);
      text += ": ";
      append_without_line_breaks(text, header.value);
      text += "\r\n";
    }
  }
  if (may_have_body(response.status)) {
    text += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  if (!traits.keeps_alive) {
    text += "Connection: close\r\n";
  } else if (traits.to_http_1_0) {
    text += "Connection: keep-alive\r\n";
  }
  text += "\r\n";
  return text;
}

}  // namespace

std::string reply_text(const HttpReply& reply, ReplyTraits traits) {
  if (reply.manner == HttpReply::Manner::Reset) {
    return {};
  }
  const auto& response = reply.response;
  auto text = header_text(response, traits);
  const auto header_size = text.size();
  if (!traits.to_head && may_have_body(response.status)) {
    text += response.body;
  }
  if (reply.manner == HttpReply::Manner::Truncated) {
    const auto body_size = text.size() - header_size;
    text.resize(body_size > 0 ? header_size + body_size / 2 : header_size / 2);
  }
  return text;
}

}  // namespace spotvane::adapters
