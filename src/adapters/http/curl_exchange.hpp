#pragma once

#include "ports/http_transport.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// One request on its way and what has come back of its answer: an easy handle of curl's (a
/// `CURL*`, spelt `void*` to keep curl out of here).
class CurlExchange {
 public:
  CurlExchange(HttpTransport::Ticket ticket, HttpRequest request, HttpLimits limits,
               HttpTransport::OnResponse on_response);
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  /// Prepares the handle. Fails with `InvalidInput` where the request cannot be sent at all.
  Result<void> prepare(const std::string& user_agent, const std::string& ca_bundle);

  void* handle() const { return handle_.get(); }

  /// How many connections the exchange had to open.
  std::size_t connections_opened() const;

  /// What became of it; `code` is curl's (a `CURLcode`).
  Result<HttpResponse> finish(int code);

  const HttpTransport::Ticket ticket;
  const HttpTransport::OnResponse on_response;

 private:
  struct FreeHandle {
    void operator()(void* handle) const;
  };
  struct FreeHeaders {
    void operator()(void* list) const;
  };

  static std::size_t take_header(char* bytes, std::size_t one, std::size_t size, void* self);
  static std::size_t take_body(char* bytes, std::size_t one, std::size_t size, void* self);

  Result<void> prepare_headers(const std::string& user_agent);
  void prepare_method();
  void prepare_limits();
  void take_header_line(std::string_view line);
  Error failure(int code) const;

  HttpRequest request_;
  HttpLimits limits_;
  std::string host_;
  HttpResponse response_;
  bool is_too_long_ = false;
  std::array<char, 256> error_text_{};  // CURL_ERROR_SIZE
  std::unique_ptr<void, FreeHeaders> headers_;
  std::unique_ptr<void, FreeHandle> handle_;  // freed first: it points to all of the above
};

}  // namespace spotvane::adapters
