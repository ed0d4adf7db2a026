#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spotvane {

struct HttpHeader {
  std::string name;
  std::string value;
};

using HttpHeaders = std::vector<HttpHeader>;

/// The first header of that name, letters of either case being equal; null where there is none.
const std::string* find_header(const HttpHeaders& headers, std::string_view name);

/// What a client sends (`url` absolute) or a server receives (`url` from the path on).
struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers = {};
  std::string body = {};
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers = {};
  std::string body = {};
};

}  // namespace spotvane
