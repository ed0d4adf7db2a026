#include "adapters/http/curl_failure.hpp"

#include "adapters/http/curl_api.hpp"

#include <system_error>

namespace spotvane::adapters {

namespace {

constexpr const char* kCheckEndpoint = "check the network, the region's name and AWS_ENDPOINT_URL";
constexpr const char* kCheckProxy = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY";
constexpr const char* kCheckTls =
    "check this machine's date, its CA certificates (package ca-certificates) and AWS_CA_BUNDLE";

Error unavailable(std::string message, std::string hint = {}) {
  return {ErrorKind::Unavailable, std::move(message), std::move(hint)};
}

Error timed_out(const CurlFailure& failure) {
  if (!failure.is_connected) {
    return unavailable(fmt::format("connecting to '{}' timed out", failure.host), kCheckEndpoint);
  }
  return unavailable(fmt::format("'{}' did not answer in time", failure.host));
}

Error not_connected(const CurlFailure& failure) {
  const auto why = failure.system_error != 0 ? std::generic_category().message(failure.system_error)
                                             : failure.text;
  return unavailable(fmt::format("could not connect to '{}': {}", failure.host, why),
                     kCheckEndpoint);
}

}  // namespace

Error explain(const CurlFailure& failure) {
  const auto& host = failure.host;
  const auto code = static_cast<CURLcode>(failure.code);
  const std::string text = failure.text.empty() ? curl().easy_strerror(code) : failure.text;
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unavailable(fmt::format("could not find the address of '{}'", host), kCheckEndpoint);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return unavailable(fmt::format("could not find the address of the proxy for '{}'", host),
                         kCheckProxy);
    case CURLE_PROXY:
      return unavailable(fmt::format("the proxy for '{}' failed: {}", host, text), kCheckProxy);
    case CURLE_COULDNT_CONNECT:
      return not_connected(failure);
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(failure);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return unavailable(fmt::format("TLS with '{}' failed: {}", host, text), kCheckTls);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return unavailable(
          fmt::format("'{}' closed the connection before its answer was complete", host));
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {ErrorKind::Corrupt, fmt::format("'{}' did not answer in HTTP", host),
              "check AWS_ENDPOINT_URL"};
    case CURLE_BAD_CONTENT_ENCODING:
      return {ErrorKind::Corrupt, fmt::format("the answer of '{}' could not be unpacked", host)};
    case CURLE_URL_MALFORMAT:
      return {ErrorKind::InvalidInput, fmt::format("'{}' is not a host a URL can name", host),
              "check AWS_ENDPOINT_URL"};
    default:
      return unavailable(
          fmt::format("the exchange with '{}' failed: {}", host, curl().easy_strerror(code)));
  }
}

}  // namespace spotvane::adapters
