#include "adapters/aws/aws_client.hpp"

#include "adapters/aws/refusal.hpp"
#include "wire/sigv4.hpp"
#include "wire/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace spotvane::adapters {

namespace {

/// AWS takes signatures a quarter of an hour old; a clock less wrong than this is not to blame.
constexpr Duration kTolerance = std::chrono::minutes{4};

HttpRequest request_of(const AwsCall& call, const std::string& endpoint) {
  HttpRequest request{.method = "POST", .url = endpoint + "/", .body = call.body};
  if (call.service.protocol == wire::Protocol::Json11) {
    request.headers = {
        {"Content-Type", std::string{call.service.is_json_1_0 ? wire::kJson10ContentType
                                                              : wire::kJson11ContentType}},
        {"X-Amz-Target", fmt::format("{}.{}", call.service.target_prefix, call.action)}};
  } else {
    request.headers = {{"Content-Type", std::string{wire::kFormContentType}}};
  }
  return request;
}

/// What IAM policies call the service.
std::string_view permission_prefix(const wire::Service& service) {
  return service.name == wire::kCloudWatch.name ? "cloudwatch" : service.name;
}

bool is_success(int status) {
  return status / 100 == 2 || status == 304;
}

}  // namespace

/// One request on its way through its attempts.
struct AwsClient::Exchange {
  HttpRequest request;
  std::optional<wire::SigningScope> scope;  // none: not signed
  std::string activity;                     // "ec2:DescribeRegions in 'us-east-1'"
  std::string permission = {};              // "ec2:DescribeRegions"
  TokenBucket* bucket = nullptr;
  On<HttpResponse> done;

  int attempt = 1;
  Retry last_retry = Retry::Never;
  bool was_clock_corrected = false;
  bool were_keys_renewed = false;
  Duration clock_error{0};  // as the attempt was signed
  std::string access_key_id = {};
};

AwsClient::AwsClient(const AwsConfiguration& configuration, AwsClientOptions options,
                     CredentialsProvider& credentials, const AwsPorts& ports, Random random)
    : configuration_{configuration},
      options_{std::move(options)},
      credentials_{credentials},
      transport_{ports.transport},
      timers_{ports.timers},
      wall_clock_{ports.wall_clock},
      random_{random} {}

void AwsClient::call(AwsCall call, On<std::string> on_body) {
  TokenBucket* bucket = nullptr;
  if (const auto pace = options_.paces.find(call.action); pace != options_.paces.end()) {
    auto key = fmt::format("{}/{}/{}", call.service.name, call.region, call.action);
    bucket = &buckets_.try_emplace(std::move(key), pace->second).first->second;
  }
  auto permission = fmt::format("{}:{}", permission_prefix(call.service), call.action);
  start(std::make_shared<Exchange>(Exchange{
      .request = request_of(call, configuration_.endpoint(call.service, call.region)),
      .scope = wire::SigningScope{call.region, std::string{call.service.name}},
      .activity = fmt::format("{} in '{}'", permission, call.region),
      .permission = std::move(permission),
      .bucket = bucket,
      .done = counted([on_body = std::move(on_body)](Result<HttpResponse> response) {
        on_body(std::move(response).map([](HttpResponse&& one) { return std::move(one.body); }));
      }),
  }));
}

void AwsClient::fetch(HttpRequest request, std::string activity, On<HttpResponse> on_response) {
  start(std::make_shared<Exchange>(Exchange{.request = std::move(request),
                                            .scope = std::nullopt,
                                            .activity = std::move(activity),
                                            .done = counted(std::move(on_response))}));
}

On<HttpResponse> AwsClient::counted(On<HttpResponse> done) {
  ++under_way_;
  return [this, done = std::move(done)](Result<HttpResponse> response) {
    --under_way_;
    done(std::move(response));
  };
}

void AwsClient::report_bad_rows(std::string_view action, std::size_t rows) const {
  if (rows > 0 && options_.on_bad_rows) {
    options_.on_bad_rows(action, rows);
  }
}

void AwsClient::start(const Shared& exchange) {
  const auto wait =
      exchange->bucket != nullptr ? exchange->bucket->take(wall_clock_.now()) : Duration{0};
  if (wait > Duration{0}) {
    timers_.after(wait, [this, exchange] { send(exchange); });
  } else {
    send(exchange);
  }
}

void AwsClient::send(const Shared& exchange) {
  const auto transmit = [this, exchange](HttpRequest request) {
    transport_.send(std::move(request), options_.limits,
                    [this, exchange](Result<HttpResponse> response) {
                      receive(exchange, std::move(response));
                    });
  };
  if (!exchange->scope) {
    return transmit(exchange->request);
  }
  credentials_.provide(
      [this, exchange, scope = *exchange->scope, transmit](Result<wire::SigningKeys> keys) {
        if (!keys) {
          return exchange->done(tl::unexpected(std::move(keys).error().during(exchange->activity)));
        }
        auto request = exchange->request;
        exchange->access_key_id = keys->access_key_id;
        exchange->clock_error = clock_error_;
        wire::sign(request, scope, *keys, wall_clock_.now() + clock_error_);
        transmit(std::move(request));
      });
}

void AwsClient::receive(const Shared& exchange, Result<HttpResponse> response) {
  if (!response) {
    auto refusal = judge(std::move(response).error());
    return fail_or_retry(exchange, std::move(refusal.error), refusal.retry);
  }
  if (const auto* time = find_header(response->headers, "x-spotvane-lab-time");
      time != nullptr && options_.on_lab_time) {
    options_.on_lab_time(*time);
  }
  if (is_success(response->status)) {
    budget_.refund(exchange->last_retry);
    if (exchange->scope) {
      good_keys_.emplace(exchange->access_key_id, exchange->scope->region);
    }
    return exchange->done(std::move(response));
  }

  auto refusal = judge(*response, exchange->permission);
  if (refusal.may_be_region && are_keys_good_elsewhere(*exchange)) {
    refusal.error.kind = ErrorKind::NotEnabled;
    refusal.error.hint = "enable the region in the account's settings, or leave it out";
  }
  if (refusal.retry == Retry::ClockSkew) {
    const bool helps = !exchange->was_clock_corrected && corrects_clock(*exchange, *response);
    exchange->was_clock_corrected = true;
    const auto otherwise = refusal.may_be_keys ? Retry::ExpiredKeys : Retry::Never;
    refusal.retry = helps ? Retry::ClockSkew : otherwise;
  }
  if (refusal.retry == Retry::ExpiredKeys) {
    const bool helps = !exchange->were_keys_renewed && credentials_.renew();
    exchange->were_keys_renewed = true;
    refusal.retry = helps ? Retry::ExpiredKeys : Retry::Never;
  }
  fail_or_retry(exchange, std::move(refusal.error), refusal.retry);
}

void AwsClient::fail_or_retry(const Shared& exchange, Error error, Retry retry) {
  if (retry == Retry::Never || exchange->attempt >= configuration_.max_attempts ||
      !budget_.pay(retry)) {
    if (exchange->attempt > 1) {
      error.message += fmt::format(", after {} attempts", exchange->attempt);
    }
    return exchange->done(tl::unexpected(std::move(error).during(exchange->activity)));
  }
  const auto wait = backoff(retry, exchange->attempt, random_.unit());
  exchange->last_retry = retry;
  ++exchange->attempt;
  timers_.after(wait, [this, exchange] { start(exchange); });
}

bool AwsClient::corrects_clock(const Exchange& exchange, const HttpResponse& response) {
  const auto* date = find_header(response.headers, "Date");
  const auto theirs =
      date != nullptr ? wire::parse_http_date(*date) : Result<TimePoint>{TimePoint{}};
  if (date == nullptr || !theirs) {
    return false;
  }
  const auto clock_error = *theirs - wall_clock_.now();
  if (std::chrono::abs(clock_error - exchange.clock_error) < kTolerance) {
    return false;
  }
  clock_error_ = clock_error;
  return true;
}

bool AwsClient::are_keys_good_elsewhere(const Exchange& exchange) const {
  const auto is_same_key = [&](const auto& good) { return good.first == exchange.access_key_id; };
  return exchange.scope && !good_keys_.contains({exchange.access_key_id, exchange.scope->region}) &&
         std::any_of(good_keys_.begin(), good_keys_.end(), is_same_key);
}

}  // namespace spotvane::adapters
