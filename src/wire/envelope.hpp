#pragma once

#include "base/http_message.hpp"
#include "wire/service.hpp"
#include "wire/xml.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::wire {

/// A refusal in AWS's words.
struct AwsError {
  std::string code;  ///< "RequestLimitExceeded"
  std::string message;
  std::string request_id = {};

  friend bool operator==(const AwsError&, const AwsError&) = default;
};

/// Of a service's answers.
std::string_view content_type(const Service& service);

/// Opens <ActionResponse> with the request id, and for query services <ActionResult>.
/// For services that answer in XML.
void open_response(XmlWriter& xml, const Service& service, std::string_view action,
                   std::string_view request_id);

/// Closes what `open_response` opened.
void close_response(XmlWriter& xml, const Service& service, std::string_view request_id);

/// The response that carries an error, in the service's encoding.
HttpResponse error_response(const Service& service, int status, const AwsError& error);

/// The error a response carries, in whichever encoding; none where it is no AWS error at all,
/// such as the page of a proxy.
std::optional<AwsError> read_error(const HttpResponse& response);

}  // namespace spotvane::wire
