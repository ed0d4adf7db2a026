#include "guard/lambda_feed.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::guard {

using namespace std::chrono_literals;

namespace {

/// An invocation may be long in coming: the process sleeps in between.
constexpr HttpLimits kNextLimits{.connect_timeout = 1s,
                                 .idle_timeout = 24h * 30,
                                 .whole_timeout = 24h * 30,
                                 .body_bytes = 8U << 20U};

}  // namespace

LambdaFeed::LambdaFeed(std::string api, HttpTransport& transport, Guard& guard,
                       std::function<void(const Error&)> on_end)
    : base_{fmt::format("http://{}/2018-06-01/runtime/invocation/", api)},
      transport_{transport},
      guard_{guard},
      on_end_{std::move(on_end)} {}

void LambdaFeed::next() {
  transport_.send({.url = base_ + "next"}, kNextLimits, [this](const Result<HttpResponse>& event) {
    if (!event) {
      return on_end_(Error{event.error()}.during("ask Lambda for the next invocation"));
    }
    if (event->status != 200 ||
        find_header(event->headers, "Lambda-Runtime-Aws-Request-Id") == nullptr) {
      return on_end_({ErrorKind::Unavailable,
                      fmt::format("Lambda's runtime API answered with status {}", event->status)});
    }
    invoke(*event);
  });
}

void LambdaFeed::invoke(const HttpResponse& invocation) {
  const auto id = *find_header(invocation.headers, "Lambda-Runtime-Aws-Request-Id");
  guard_.handle(invocation.body, [this, id](const Result<void>& done) { answer(id, done); });
}

void LambdaFeed::answer(const std::string& id, const Result<void>& done) {
  HttpRequest request{.method = "POST",
                      .url = fmt::format("{}{}/{}", base_, id, done ? "response" : "error"),
                      .headers = {{"Content-Type", "application/json"}},
                      .body = R"({"handled":true})"};
  if (!done) {
    request.headers.push_back({"Lambda-Runtime-Function-Error-Type", "Function.NotHandled"});
    request.body = nlohmann::json{{"errorMessage", done.error().message},
                                  {"errorType", "Function.NotHandled"},
                                  {"stackTrace", nlohmann::json::array()}}
                       .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  transport_.send(std::move(request), {}, [this](const Result<HttpResponse>& response) {
    if (!response || response->status >= 500) {
      return on_end_({ErrorKind::Unavailable,
                      response
                          ? fmt::format("Lambda took the answer with status {}", response->status)
                          : response.error().message});
    }
    next();
  });
}

}  // namespace spotvane::guard
