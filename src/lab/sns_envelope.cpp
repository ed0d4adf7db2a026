#include "lab/sns_envelope.hpp"

#include "base/assert.hpp"
#include "lab/sns_certificate.hpp"
#include "lab/value.hpp"
#include "wire/base64.hpp"
#include "wire/percent.hpp"
#include "wire/rsa_signature.hpp"
#include "wire/timestamp.hpp"

#include <fmt/format.h>

#include <array>

namespace spotvane::lab {

namespace {

/// The members that are signed, in the order of their names.
constexpr std::array<std::string_view, 8> kSigned{
    "Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"};

std::string signed_text(const Value& envelope) {
  const bool is_notification = envelope["Type"].text() == "Notification";
  std::string text;
  for (const auto name : kSigned) {
    const bool is_of_it = name == "Subject"                           ? is_notification
                          : name == "SubscribeURL" || name == "Token" ? !is_notification
                                                                      : true;
    if (is_of_it && envelope.has(name)) {
      text += fmt::format("{}\n{}\n", name, envelope[name].text());
    }
  }
  return text;
}

std::string sealed(Value envelope, int version, std::string_view address) {
  const auto digest = version == 2 ? wire::SignatureDigest::Sha256 : wire::SignatureDigest::Sha1;
  const auto signature = wire::rsa_sign(sns_private_key(), signed_text(envelope), digest);
  SPOTVANE_ASSERT(signature.has_value());
  envelope.set("SignatureVersion", fmt::to_string(version));
  envelope.set("Signature", wire::to_base64(*signature));
  envelope.set("SigningCertURL", fmt::format("{}{}", address, kSnsCertificatePath));
  return envelope.to_json();
}

/// What a subscriber calls, unsigned, to say yes or no.
std::string url_of(std::string_view address, std::string_view action, std::string_view parameters) {
  return fmt::format("{}/?Action={}&Version=2010-03-31&{}", address, action, parameters);
}

}  // namespace

std::string notification(const sim::TopicMessage& message, const sim::Subscription& subscription,
                         int signature_version, std::string_view address) {
  auto envelope =
      Value::object({{"Type", "Notification"},
                     {"MessageId", message.id},
                     {"TopicArn", message.topic},
                     {"Subject", message.subject.empty() ? Value{} : Value{message.subject}},
                     {"Message", message.body},
                     {"Timestamp", wire::to_timestamp(message.published_at)}});
  envelope.set(
      "UnsubscribeURL",
      url_of(address, "Unsubscribe", "SubscriptionArn=" + wire::percent_encode(subscription.arn)));
  if (!message.attributes.empty()) {
    auto attributes = Value::object();
    for (const auto& [name, one] : message.attributes) {
      attributes.set(
          name, Value::object({{"Type", one.type},
                               {"Value", one.is_binary ? wire::to_base64(one.value) : one.value}}));
    }
    envelope.set("MessageAttributes", attributes);
  }
  return sealed(std::move(envelope), signature_version, address);
}

std::string subscription_confirmation(const sim::Subscription& subscription, const std::string& id,
                                      int signature_version, TimePoint now,
                                      std::string_view address) {
  const auto parameters = fmt::format("TopicArn={}&Token={}",
                                      wire::percent_encode(subscription.topic), subscription.token);
  return sealed(
      Value::object(
          {{"Type", "SubscriptionConfirmation"},
           {"MessageId", id},
           {"Token", subscription.token},
           {"TopicArn", subscription.topic},
           {"Message", fmt::format("You have chosen to subscribe to the topic {}.\nTo confirm the "
                                   "subscription, visit the SubscribeURL included in this message.",
                                   subscription.topic)},
           {"SubscribeURL", url_of(address, "ConfirmSubscription", parameters)},
           {"Timestamp", wire::to_timestamp(now)}}),
      signature_version, address);
}

}  // namespace spotvane::lab
