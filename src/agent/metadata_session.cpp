#include "agent/metadata_session.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::agent {

namespace {

HttpLimits limits_of(Duration timeout) {
  return {.connect_timeout = timeout,
          .idle_timeout = timeout,
          .whole_timeout = timeout,
          .body_bytes = 64U << 10U};
}

/// Renewed this share of its life before its end, so that a service that is down for a while does
/// not leave us without.
constexpr int kRenewedBefore = 4;

}  // namespace

MetadataSession::MetadataSession(Options options, HttpTransport& transport, const Clock& clock)
    : options_{std::move(options)}, transport_{transport}, clock_{clock} {}

void MetadataSession::get(const std::string& path, const OnText& on_text) {
  get(path, false, on_text);
}

void MetadataSession::get(const std::string& path, bool is_second_time, const OnText& on_text) {
  with_token([this, path, is_second_time, on_text](Result<std::string> token) {
    if (!token) {
      return on_text(tl::unexpected(std::move(token.error())));
    }
    transport_.send(
        {.url = fmt::format("{}/latest/{}", options_.endpoint, path),
         .headers = {{"X-aws-ec2-metadata-token", *token}}},
        limits_of(options_.timeout),
        [this, path, is_second_time, on_text, used = *token](Result<HttpResponse> response) {
          if (!response) {
            return on_text(tl::unexpected(std::move(response.error())));
          }
          if (response->status == 401 && !is_second_time) {
            if (token_ == used) {
              token_.clear();
            }
            return get(path, true, on_text);
          }
          if (response->status == 404) {
            return on_text(std::optional<std::string>{});
          }
          if (response->status != 200) {
            return on_text(fail(ErrorKind::Unavailable,
                                "the metadata service answered '{}' with status {}", path,
                                response->status));
          }
          on_text(std::optional{std::move(response->body)});
        });
  });
}

bool MetadataSession::is_token_good() const {
  return !token_.empty() && clock_.now() < token_expires_;
}

void MetadataSession::with_token(OnToken on_token) {
  const bool is_old = token_expires_ - clock_.now() < options_.token_life / kRenewedBefore;
  if (is_token_good()) {
    if (is_old && !is_fetching_token_) {
      fetch_token();  // for later; the old one goes on meanwhile
    }
    // A copy: the answer may change the token.
    return on_token(std::string{token_});
  }
  waiting_.push_back(std::move(on_token));
  if (!is_fetching_token_) {
    fetch_token();
  }
}

void MetadataSession::fetch_token() {
  is_fetching_token_ = true;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(options_.token_life).count();
  transport_.send(
      {.method = "PUT",
       .url = options_.endpoint + "/latest/api/token",
       .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", fmt::to_string(seconds)}}},
      limits_of(options_.timeout), [this, asked_at = clock_.now()](Result<HttpResponse> response) {
        is_fetching_token_ = false;
        if (response && response->status == 200 && !response->body.empty()) {
          token_ = std::move(response->body);
          token_expires_ = asked_at + options_.token_life;
        }
        Result<std::string> answer = token_;
        if (!is_token_good()) {
          answer = response
                       ? fail(ErrorKind::Denied, "the metadata service gave no token but status {}",
                              response->status)
                       : tl::unexpected(std::move(response.error()));
        }
        for (const auto& on_token : std::exchange(waiting_, {})) {
          on_token(answer);
        }
      });
}

}  // namespace spotvane::agent
