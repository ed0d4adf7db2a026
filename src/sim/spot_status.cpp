#include "sim/spot_status.hpp"

#include <algorithm>
#include <array>

namespace spotvane::sim {

namespace {

struct Status {
  std::string_view code;
  std::string_view message;
};

constexpr std::array kStatuses{
    Status{"pending-evaluation",
           "Your Spot request has been submitted for review, and is pending evaluation."},
    Status{"pending-fulfillment", "Your Spot request is pending fulfillment."},
    Status{"fulfilled", "Your spot request is fulfilled."},
    Status{"capacity-not-available",
           "There is no Spot capacity available that matches your request."},
    Status{"price-too-low",
           "Your Spot request price is lower than the minimum required Spot request fulfillment "
           "price."},
    Status{"canceled-before-fulfillment", "Your Spot request is canceled before it was fulfilled."},
    Status{"request-canceled-and-instance-running",
           "Your Spot request is canceled, but your instance is still running."},
    Status{"schedule-expired", "Your Spot request expired before it was fulfilled."},
    Status{"marked-for-termination", "Your Spot instance is marked for termination."},
    Status{"instance-terminated-no-capacity",
           "Your Spot instance was terminated because there is no Spot capacity available."},
    Status{"instance-terminated-by-price",
           "Your Spot instance was terminated because the Spot price exceeds your maximum price."},
    Status{"instance-terminated-by-service",
           "Your Spot instance was terminated by the Spot service."},
    Status{"instance-terminated-by-user",
           "Spot Instance terminated due to user-initiated termination."},
};

}  // namespace

std::string_view message_of(std::string_view code) {
  const auto* found = std::find_if(kStatuses.begin(), kStatuses.end(),
                                   [code](const Status& status) { return status.code == code; });
  return found == kStatuses.end() ? std::string_view{} : found->message;
}

}  // namespace spotvane::sim
