#pragma once

#include "base/http_message.hpp"
#include "base/time.hpp"
#include "sim/spot_market.hpp"
#include "wire/advisor_file.hpp"

#include <span>
#include <string>

namespace spotvane::lab {

/// Serves the Spot Advisor's file as AWS's public web page does, conditional requests included.
class AdvisorPage {
 public:
  /// `market` and `types` must outlive it.
  AdvisorPage(const sim::SpotMarket& market, std::span<const wire::AdvisorType> types)
      : market_{market}, types_{types} {}

  HttpResponse get(const HttpRequest& request, TimePoint now);

 private:
  const sim::SpotMarket& market_;
  std::span<const wire::AdvisorType> types_;
  TimePoint published_ = {};  ///< of what is kept below
  std::string body_;
  std::string etag_;
};

}  // namespace spotvane::lab
