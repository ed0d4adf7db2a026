#pragma once

#include "base/time.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/http_transport.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::agent {

/// Reads the instance metadata service, version 2: a token first, renewed before it expires and
/// once the service no longer takes it.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class MetadataSession {
 public:
  using OnText = On<std::optional<std::string>>;

  struct Options {
    std::string endpoint = "http://169.254.169.254";
    Duration timeout = std::chrono::milliseconds{900};
    Duration token_life = std::chrono::hours{6};
  };

  MetadataSession(Options options, HttpTransport& transport, const Clock& clock);

  /// The text at `path` (below "/latest/"); none where there is nothing. Fails with `Unavailable`
  /// where the service does not answer as it should, with `Denied` where it gives no token.
  void get(const std::string& path, const OnText& on_text);

 private:
  using OnToken = On<std::string>;

  void get(const std::string& path, bool is_second_time, const OnText& on_text);
  void with_token(OnToken on_token);
  void fetch_token();
  bool is_token_good() const;

  Options options_;
  HttpTransport& transport_;
  const Clock& clock_;
  std::string token_;
  TimePoint token_expires_ = {};
  bool is_fetching_token_ = false;
  std::vector<OnToken> waiting_;
};

}  // namespace spotvane::agent
