#include "adapters/http/curl_exchange.hpp"

#include "adapters/http/curl_api.hpp"
#include "adapters/http/curl_failure.hpp"
#include "adapters/http/url_host.hpp"
#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::adapters {

static_assert(CURL_ERROR_SIZE == 256);

namespace {

template <typename Value>
void set(void* handle, CURLoption option, Value value) {
  const auto code = curl().easy_setopt(handle, option, value);
  SPOTVANE_ASSERT(code == CURLE_OK);
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  const auto end = text.find_last_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin, end - begin + 1);
}

/// curl reads "Name:" as "leave that header out" and "Name;" as "send it empty".
std::string header_line(const HttpHeader& header) {
  return trimmed(header.value).empty() ? header.name + ";" : header.name + ": " + header.value;
}

}  // namespace

void CurlExchange::FreeHandle::operator()(void* handle) const {
  curl().easy_cleanup(handle);
}

void CurlExchange::FreeHeaders::operator()(void* list) const {
  curl().slist_free_all(static_cast<curl_slist*>(list));
}

CurlExchange::CurlExchange(HttpTransport::Ticket its_ticket, HttpRequest request, HttpLimits limits,
                           HttpTransport::OnResponse its_on_response)
    : ticket{its_ticket},
      on_response{std::move(its_on_response)},
      request_{std::move(request)},
      limits_{limits},
      host_{host_and_port(request_.url)},
      handle_{curl().easy_init()} {
  SPOTVANE_ASSERT(handle_ != nullptr);
}

Result<void> CurlExchange::prepare(const std::string& user_agent, const std::string& ca_bundle) {
  if (!request_.url.starts_with("http://") && !request_.url.starts_with("https://")) {
    return fail(ErrorKind::InvalidInput, "the address of '{}' must begin with http:// or https://",
                host_);
  }
  void* curl = handle();
  set(curl, CURLOPT_URL, request_.url.c_str());
  set(curl, CURLOPT_PATH_AS_IS, 1L);  // the path was signed as it is
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_ERRORBUFFER, error_text_.data());
  set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(curl, CURLOPT_HEADERFUNCTION, &CurlExchange::take_header);
  set(curl, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(curl, CURLOPT_WRITEFUNCTION, &CurlExchange::take_body);
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  // With Debian's default CA path as well as its CA file, curl would parse the whole bundle anew
  // for each connection (60 ms of CPU); with the file alone it keeps the parsed one.
  set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  if (!ca_bundle.empty()) {
    set(curl, CURLOPT_CAINFO, ca_bundle.c_str());
  }
  if (is_always_direct(host_)) {
    set(curl, CURLOPT_PROXY, "");
  }
  prepare_method();
  prepare_limits();
  return prepare_headers(user_agent);
}

void CurlExchange::prepare_method() {
  void* curl = handle();
  if (request_.method == "HEAD") {
    set(curl, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.method == "GET" && request_.body.empty()) {
    return;
  }
  set(curl, CURLOPT_POST, 1L);
  set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  set(curl, CURLOPT_POSTFIELDS, request_.body.c_str());
  set(curl, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void CurlExchange::prepare_limits() {
  void* curl = handle();
  const auto idle = std::chrono::ceil<std::chrono::seconds>(limits_.idle_timeout);
  set(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect_timeout.count()));
  set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.whole_timeout.count()));
  set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(idle.count()));
}

Result<void> CurlExchange::prepare_headers(const std::string& user_agent) {
  // What curl would add by itself is left out, unless the request has it; and curl counts the body
  // itself.
  HttpHeaders lines;
  for (const auto& header : request_.headers) {
    if (has_line_break(header.name) || has_line_break(header.value)) {
      return fail(ErrorKind::InvalidInput, "header '{}' for '{}' holds a line break",
                  header.name.substr(0, header.name.find_first_of("\r\n")), host_);
    }
    if (find_header({{"Content-Length", ""}}, header.name) == nullptr) {
      lines.push_back(header);
    }
  }
  if (find_header(lines, "User-Agent") == nullptr) {
    set(handle(), CURLOPT_USERAGENT, user_agent.c_str());
  }
  const auto append = [&](const std::string& line) {
    auto* list = curl().slist_append(static_cast<curl_slist*>(headers_.release()), line.c_str());
    SPOTVANE_ASSERT(list != nullptr);
    headers_.reset(list);
  };
  for (const auto& line : lines) {
    append(header_line(line));
  }
  for (const auto* unwanted : {"Accept", "Content-Type", "Expect"}) {
    if (find_header(lines, unwanted) == nullptr) {
      append(std::string{unwanted} + ":");
    }
  }
  set(handle(), CURLOPT_HTTPHEADER, static_cast<curl_slist*>(headers_.get()));
  return {};
}

std::size_t CurlExchange::take_header(char* bytes, std::size_t, std::size_t size, void* self) {
  static_cast<CurlExchange*>(self)->take_header_line({bytes, size});
  return size;
}

void CurlExchange::take_header_line(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // what came before was a "100 Continue"
    response_.headers.clear();
    return;
  }
  if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    response_.headers.push_back(
        {std::string{line.substr(0, colon)}, std::string{trimmed(line.substr(colon + 1))}});
  }
}

std::size_t CurlExchange::take_body(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& exchange = *static_cast<CurlExchange*>(self);
  auto& body = exchange.response_.body;
  if (size > exchange.limits_.body_bytes - body.size()) {
    exchange.is_too_long_ = true;
    return 0;  // makes curl give up
  }
  body.append(bytes, size);
  return size;
}

std::size_t CurlExchange::connections_opened() const {
  long count = 0;
  curl().easy_getinfo(handle(), CURLINFO_NUM_CONNECTS, &count);
  return static_cast<std::size_t>(count);
}

Result<HttpResponse> CurlExchange::finish(int code) {
  if (code != CURLE_OK) {
    return tl::unexpected(failure(code));
  }
  long status = 0;
  curl().easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

Error CurlExchange::failure(int code) const {
  if (is_too_long_) {
    return {ErrorKind::Corrupt,
            fmt::format("the answer of '{}' is longer than {} bytes", host_, limits_.body_bytes)};
  }
  long system_error = 0;
  curl_off_t connected_after_us = 0;
  curl().easy_getinfo(handle(), CURLINFO_OS_ERRNO, &system_error);
  curl().easy_getinfo(handle(), CURLINFO_PRETRANSFER_TIME_T, &connected_after_us);
  return explain({.code = code,
                  .host = host_,
                  .text = error_text_.data(),
                  .system_error = static_cast<int>(system_error),
                  .is_connected = connected_after_us > 0});
}

}  // namespace spotvane::adapters
