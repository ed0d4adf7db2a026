#include "wire/sns_message.hpp"

#include "wire/base64.hpp"
#include "wire/url.hpp"

#include <nlohmann/json.hpp>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace spotvane::wire {

namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = 512U << 10U;
constexpr const char* kOwner = "sns.amazonaws.com";

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

template <typename T>
using Owned = std::unique_ptr<T, Free>;

std::string sns_text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// Members in the order of their names, as they are signed.
std::string text_to_sign(const json& message, bool is_notification) {
  constexpr std::array kNotification{"Message",   "MessageId", "Subject",
                                     "Timestamp", "TopicArn",  "Type"};
  constexpr std::array kConfirmation{"Message", "MessageId", "SubscribeURL", "Timestamp",
                                     "Token",   "TopicArn",  "Type"};
  std::string text;
  for (const auto* name : is_notification ? std::span<const char* const>{kNotification}
                                          : std::span<const char* const>{kConfirmation}) {
    if (message.contains(name)) {
      text += fmt::format("{}\n{}\n", name, sns_text(message, name));
    }
  }
  return text;
}

bool is_lower_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
  });
}

tl::unexpected<Error> forged(std::string_view why) {
  return fail(ErrorKind::Denied, "the message is not SNS's: {}", why);
}

bool is_in_date(X509* certificate, TimePoint now) {
  auto seconds = static_cast<std::time_t>(
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
  return X509_cmp_time(X509_get0_notBefore(certificate), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &seconds) > 0;
}

}  // namespace

bool is_sns_certificate_url(std::string_view url) {
  const auto parts = split_url(url);
  auto host = parts.authority;
  for (const std::string_view end : {".cn", ".com", ".amazonaws"}) {
    if (host.ends_with(end)) {
      host.remove_suffix(end.size());
    } else if (end != ".cn") {
      return false;
    }
  }
  constexpr std::string_view kBegin = "/SimpleNotificationService-";
  const auto name = parts.path.starts_with(kBegin) && parts.path.ends_with(".pem")
                        ? parts.path.substr(kBegin.size(), parts.path.size() - kBegin.size() - 4)
                        : std::string_view{};
  return parts.scheme == "https" && host.starts_with("sns.") && is_lower_word(host.substr(4)) &&
         is_lower_word(name) && parts.query.empty() && url.find('#') == std::string_view::npos;
}

Result<SnsMessage> read_sns_message(std::string_view body) {
  const auto document = body.size() <= kMostBytes ? json::parse(body, nullptr, false) : json{};
  if (!document.is_object()) {
    return fail(ErrorKind::InvalidInput, "the body is no message of SNS");
  }
  SnsMessage message{.type = sns_text(document, "Type"),
                     .id = sns_text(document, "MessageId"),
                     .topic_arn = sns_text(document, "TopicArn"),
                     .text = sns_text(document, "Message"),
                     .sent = {},
                     .token = sns_text(document, "Token"),
                     .certificate_url = sns_text(document, "SigningCertURL"),
                     .signature = from_base64(sns_text(document, "Signature")).value_or("")};
  const bool is_notification = message.type == "Notification";
  if (!is_notification && message.type != "SubscriptionConfirmation" &&
      message.type != "UnsubscribeConfirmation") {
    return fail(ErrorKind::InvalidInput, "'{}' is no type of message", message.type);
  }
  const auto sent = parse_time(sns_text(document, "Timestamp"));
  const auto version = sns_text(document, "SignatureVersion");
  if (message.id.empty() || message.topic_arn.empty() || message.signature.empty() || !sent ||
      (version != "1" && version != "2") || (!is_notification && message.token.empty())) {
    return fail(ErrorKind::InvalidInput, "the message is incomplete");
  }
  if (!is_sns_certificate_url(message.certificate_url)) {
    return fail(ErrorKind::InvalidInput, "its certificate is not at an address of SNS");
  }
  message.sent = *sent;
  message.is_sha256 = version == "2";
  message.signed_text = text_to_sign(document, is_notification);
  return message;
}

Result<void> verify_sns_signature(const SnsMessage& message, std::string_view certificate,
                                  TimePoint now) {
  const Owned<BIO> pem{BIO_new_mem_buf(certificate.data(),
                                       static_cast<int>(std::min(certificate.size(), kMostBytes)))};
  const Owned<X509> read{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)};
  if (!read) {
    return forged("its certificate is none");
  }
  if (!is_in_date(read.get(), now)) {
    return forged("its certificate is out of date");
  }
  if (X509_check_host(read.get(), kOwner, 0, 0, nullptr) != 1) {
    return forged("its certificate is somebody else's");
  }
  const Owned<EVP_PKEY> key{X509_get_pubkey(read.get())};
  const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  const auto bytes_of = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  const bool is_good =
      key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA &&
      EVP_DigestVerifyInit(context.get(), nullptr, message.is_sha256 ? EVP_sha256() : EVP_sha1(),
                           nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(message.signature), message.signature.size(),
                       bytes_of(message.signed_text), message.signed_text.size()) == 1;
  return is_good ? Result<void>{} : forged("its signature does not fit");
}

}  // namespace spotvane::wire
