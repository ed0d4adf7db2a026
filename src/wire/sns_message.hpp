#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace spotvane::wire {

/// What SNS posts to an HTTP endpoint.
struct SnsMessage {
  std::string type;  ///< "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
  std::string id;    ///< the same at each attempt to deliver it
  std::string topic_arn;
  std::string text;
  TimePoint sent;
  std::string token = {};  ///< of a confirmation
  std::string certificate_url;
  std::string signature;   ///< raw bytes
  bool is_sha256 = false;  ///< signature version 2, else 1
  std::string signed_text = {};
};

/// Reads the body of a delivery. Fails with `InvalidInput`: no such JSON, a member is missing, or
/// the certificate is not at an address of SNS's own (https, sns.REGION.amazonaws.com, a .pem).
Result<SnsMessage> read_sns_message(std::string_view body);

/// Whether that is an address at which SNS keeps certificates.
bool is_sns_certificate_url(std::string_view url);

/// That the message was signed with the certificate's key, and the certificate, a PEM, is SNS's own
/// and in date. Fails with `Denied`.
Result<void> verify_sns_signature(const SnsMessage& message, std::string_view certificate,
                                  TimePoint now);

}  // namespace spotvane::wire
