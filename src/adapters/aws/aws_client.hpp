#pragma once

#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/credentials.hpp"
#include "adapters/aws/pace.hpp"
#include "adapters/aws/retry.hpp"
#include "base/random.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/http_transport.hpp"
#include "ports/timers.hpp"
#include "wire/service.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace spotvane::adapters {

/// One call of an AWS action.
struct AwsCall {
  wire::Service service;
  std::string region;
  std::string action;
  std::string body;  ///< a form or JSON, as the service wants it
};

/// What a program may want different, or told.
struct AwsClientOptions {
  HttpLimits limits = {};
  /// By action; for each region apart. An action that is not here goes unpaced.
  std::map<std::string, Pace, std::less<>> paces = {};
  /// Told of every "x-spotvane-lab-time" header: the lab's clock need not be this machine's.
  std::function<void(std::string_view)> on_lab_time = {};
  /// Told how many rows of an answer made no sense and were left out.
  std::function<void(std::string_view action, std::size_t rows)> on_bad_rows = {};
};

/// Signs, sends and, by the rules of AWS's standard mode, sends again.
///
/// A clock that is off is corrected by AWS's own once a signature was refused for it.
///
/// Everything it borrows must outlive it, and the loop must not run once it is gone.
class AwsClient {
 public:
  AwsClient(const AwsConfiguration& configuration, AwsClientOptions options,
            CredentialsProvider& credentials, const AwsPorts& ports, Random random);

  AwsClient(const AwsClient&) = delete;
  AwsClient& operator=(const AwsClient&) = delete;

  /// Answers the body of a success. Every `Error` names action and region.
  void call(AwsCall call, On<std::string> on_body);

  /// Sends `request` as it is, unsigned, with the same retries. Not modified (304) is a success.
  /// `activity` begins the message of a failure.
  void fetch(HttpRequest request, std::string activity, On<HttpResponse> on_response);

  /// Calls and fetches that are not answered yet.
  std::size_t under_way() const { return under_way_; }

  /// Reports rows left out of an answer, if anyone wants to know.
  void report_bad_rows(std::string_view action, std::size_t rows) const;

 private:
  struct Exchange;
  using Shared = std::shared_ptr<Exchange>;

  On<HttpResponse> counted(On<HttpResponse> done);
  void start(const Shared& exchange);
  void send(const Shared& exchange);
  void receive(const Shared& exchange, Result<HttpResponse> response);
  void fail_or_retry(const Shared& exchange, Error error, Retry retry);
  bool corrects_clock(const Exchange& exchange, const HttpResponse& response);
  bool are_keys_good_elsewhere(const Exchange& exchange) const;

  const AwsConfiguration& configuration_;
  AwsClientOptions options_;
  CredentialsProvider& credentials_;
  HttpTransport& transport_;
  Timers& timers_;
  const Clock& wall_clock_;
  Random random_;
  std::size_t under_way_ = 0;
  RetryBudget budget_;
  Duration clock_error_{0};                                  // AWS's clock minus ours
  std::map<std::string, TokenBucket> buckets_;               // by service, region and action
  std::set<std::pair<std::string, std::string>> good_keys_;  // access key id, region
};

}  // namespace spotvane::adapters
