#include "adapters/http/curl_failure.hpp"

#include <curl/curl.h>
#include <gmock/gmock.h>

#include <cerrno>

namespace spotvane::adapters {
namespace {

using testing::HasSubstr;

TEST(CurlFailure, SaysWhatHappenedToWhichHostAndWhatToCheck) {
  struct Case {
    CurlFailure failure;
    ErrorKind kind;
    std::string message;
    std::string hint;
  };
  const std::vector<Case> cases{
      {{.code = CURLE_COULDNT_RESOLVE_HOST, .host = "ec2.mars-1"},
       ErrorKind::Unavailable,
       "could not find the address of 'ec2.mars-1'",
       "region"},
      {{.code = CURLE_COULDNT_RESOLVE_PROXY, .host = "h"},
       ErrorKind::Unavailable,
       "could not find the address of the proxy for 'h'",
       "HTTPS_PROXY"},
      {{.code = CURLE_COULDNT_CONNECT, .host = "h:1", .system_error = ECONNREFUSED},
       ErrorKind::Unavailable,
       "could not connect to 'h:1': Connection refused",
       "AWS_ENDPOINT_URL"},
      {{.code = CURLE_OPERATION_TIMEDOUT, .host = "h"},
       ErrorKind::Unavailable,
       "connecting to 'h' timed out",
       "network"},
      {{.code = CURLE_PEER_FAILED_VERIFICATION, .host = "h", .text = "self-signed certificate"},
       ErrorKind::Unavailable,
       "TLS with 'h' failed: self-signed certificate",
       "CA certificates"},
      {{.code = CURLE_WEIRD_SERVER_REPLY, .host = "h"},
       ErrorKind::Corrupt,
       "'h' did not answer in HTTP",
       "AWS_ENDPOINT_URL"}};
  for (const auto& one : cases) {
    const auto error = explain(one.failure);
    EXPECT_EQ(error.kind, one.kind) << error.message;
    EXPECT_EQ(error.message, one.message);
    EXPECT_THAT(error.hint, HasSubstr(one.hint)) << error.message;
  }
}

TEST(CurlFailure, HasWordsForEveryCodeOfCurls) {
  for (int code = 1; code < CURL_LAST; ++code) {
    EXPECT_THAT(explain({.code = code, .host = "h"}).message, HasSubstr("'h'")) << code;
  }
}

}  // namespace
}  // namespace spotvane::adapters
