#pragma once

#include "base/http_message.hpp"
#include "base/time.hpp"
#include "sim/spot_market.hpp"

#include <string>

namespace spotvane::lab {

/// Serves the Spot Advisor's file as AWS's public web page does, conditional requests included.
class AdvisorPage {
 public:
  /// `market` must outlive it.
  explicit AdvisorPage(const sim::SpotMarket& market) : market_{market} {}

  HttpResponse get(const HttpRequest& request, TimePoint now);

 private:
  const sim::SpotMarket& market_;
  TimePoint published_ = {};  ///< of what is kept below
  std::string body_;
  std::string etag_;
};

}  // namespace spotvane::lab
