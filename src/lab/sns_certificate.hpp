#pragma once

#include <string_view>

namespace spotvane::lab {

// What the lab signs the messages of topics with. The key is no secret: everybody has it. It is the
// same for every lab, so that the same messages have the same signatures.

/// In PEM, self-signed, for "sns.amazonaws.com"; good from 2000 to 2100.
std::string_view sns_certificate();
std::string_view sns_private_key();

/// Where the lab serves the certificate, below its address.
inline constexpr std::string_view kSnsCertificatePath =
    "/SimpleNotificationService-5b0a7e1f3c9d4e62a8f1b7c64d20e935.pem";

}  // namespace spotvane::lab
