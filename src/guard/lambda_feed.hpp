#pragma once

#include "guard/guard.hpp"
#include "ports/http_transport.hpp"

#include <functional>
#include <string>

namespace spotvane::guard {

/// Hands AWS Lambda's invocations to a guard, one after the other, by the custom runtime's API.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class LambdaFeed {
 public:
  /// `api` is what AWS_LAMBDA_RUNTIME_API says, "127.0.0.1:9001". `on_end` hears of an API that
  /// does not answer as it should, which is the end of the process.
  LambdaFeed(std::string api, HttpTransport& transport, Guard& guard,
             std::function<void(const Error&)> on_end);

  void start() { next(); }

 private:
  void next();
  void invoke(const HttpResponse& invocation);
  void answer(const std::string& id, const Result<void>& done);

  std::string base_;
  HttpTransport& transport_;
  Guard& guard_;
  std::function<void(const Error&)> on_end_;
};

}  // namespace spotvane::guard
