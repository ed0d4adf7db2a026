#include "guard/topic_endpoint.hpp"

#include "guard/no_aws_harness.hpp"
#include "sim/event_loop.hpp"
#include "sim/memory_state_store.hpp"
#include "support/scripted_transport.hpp"
#include "wire/sns_message.hpp"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <optional>

namespace spotvane::guard {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr TimePoint kSent = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
constexpr const char* kTopic = "arn:aws:sns:us-east-1:123456789012:notices";
constexpr const char* kUrl =
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ecfb72.pem";

/// A key, and a certificate of it for a host from one moment to another. Lives as long as the test.
struct Signer {
  explicit Signer(const char* host = "sns.amazonaws.com", long from_days = -1, long to_days = 30)
      : key{EVP_RSA_gen(2048)} {
    auto* certificate = X509_new();
    const auto now = kSent.time_since_epoch() / 1s;
    ASN1_TIME_set(X509_getm_notBefore(certificate), now + from_days * 86'400);
    ASN1_TIME_set(X509_getm_notAfter(certificate), now + to_days * 86'400);
    X509_set_version(certificate, 2);
    X509_set_pubkey(certificate, key);
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                          (std::string{"DNS:"} + host).c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, key, EVP_sha256());
    auto* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    pem.assign(text, static_cast<std::size_t>(size));
    BIO_free(bio);
    X509_free(certificate);
  }
  ~Signer() { EVP_PKEY_free(key); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string sign(const std::string& text, const std::string& version) const {
    auto* context = EVP_MD_CTX_new();
    std::string raw(512, '\0');
    std::size_t size = raw.size();
    EVP_DigestSignInit(context, nullptr, version == "2" ? EVP_sha256() : EVP_sha1(), nullptr, key);
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(raw.data()), &size,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    std::string base64(size * 2, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                        reinterpret_cast<const unsigned char*>(raw.data()), static_cast<int>(size));
    base64.resize(static_cast<std::size_t>(length));
    return base64;
  }

  /// The message with the signature that SNS would give it.
  std::string signed_message(json message, const std::string& version = "2") const {
    std::string text;
    for (const auto* name : {"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp",
                             "Token", "TopicArn", "Type"}) {
      if (message.contains(name)) {
        text += std::string{name} + "\n" + message[name].get<std::string>() + "\n";
      }
    }
    message["SignatureVersion"] = version;
    message["Signature"] = sign(text, version);
    message["SigningCertURL"] = kUrl;
    return message.dump();
  }

  EVP_PKEY* key;
  std::string pem;
};

const Signer& sns() {
  static const Signer signer;
  return signer;
}

json notification() {
  return {{"Type", "Notification"},
          {"MessageId", "m-1"},
          {"TopicArn", kTopic},
          {"Message", R"({"fleetID":"sfr-none"})"},
          {"Timestamp", "2026-08-01T00:00:00.271Z"}};
}

class NoTopics final : public Topics {
 public:
  void publish(std::string, TopicMessage, On<std::string>) override {}
  void confirm_subscription(std::string topic, std::string token, On<void> on_done) override {
    confirmed.push_back(topic + " " + token);
    on_done({});
  }
  std::vector<std::string> confirmed;
};

struct Post {
  Post() {
    transport.script = [this](const HttpRequest&) -> Result<HttpResponse> {
      return HttpResponse{.status = certificate_status, .body = certificate};
    };
  }

  int send(const std::string& body) {
    std::optional<int> status;
    endpoint.handle({.method = "POST", .url = "/", .headers = {}, .body = body},
                    [&](const HttpReply& reply) { status = reply.response.status; });
    loop.run_for(1s);
    return status.value_or(0);
  }

  sim::EventLoop loop{kSent};
  sim::MemoryStateStore state;
  NoAws aws;  // the guard is never asked for anything that would need it
  NoTopics topics;
  support::ScriptedTransport transport{loop};
  std::string certificate = sns().pem;
  int certificate_status = 200;
  int decisions = 0;
  Guard guard{Rules{}, "guard",
              GuardPorts{aws, aws, aws, aws, state, loop, loop,
                         [this](const GuardDecision&) { ++decisions; }}};
  TopicEndpoint endpoint{{kTopic}, guard, topics, transport, loop};
};

TEST(TopicEndpoint, TakesMessagesOfBothSignatureVersionsOnce) {
  Post post;
  EXPECT_EQ(post.send(sns().signed_message(notification(), "1")), 200);
  EXPECT_EQ(post.decisions, 1);
  EXPECT_EQ(post.send(sns().signed_message(notification(), "1")), 200);  // a replay
  EXPECT_EQ(post.decisions, 1);

  auto other = notification();
  other["MessageId"] = "m-2";
  other["Subject"] = "with a subject";
  EXPECT_EQ(post.send(sns().signed_message(other, "2")), 200);
  EXPECT_EQ(post.decisions, 2);
  EXPECT_EQ(post.transport.requests.size(), 1U);  // the certificate is kept
}

TEST(TopicEndpoint, RefusesWhatIsForged) {
  Post post;
  auto forged = json::parse(sns().signed_message(notification()));
  forged["Message"] = R"({"fleetID":"sfr-other"})";
  EXPECT_EQ(post.send(forged.dump()), 403);

  const Signer stranger;
  EXPECT_EQ(post.send(stranger.signed_message(notification())), 403);
  EXPECT_EQ(post.decisions, 0);
}

TEST(TopicEndpoint, RefusesCertificatesThatAreNotSnsOwn) {
  for (const auto& make : std::vector<std::function<std::unique_ptr<Signer>()>>{
           [] { return std::make_unique<Signer>("sns.example.com"); },
           [] { return std::make_unique<Signer>("sns.amazonaws.com", -30, -1); },
           [] { return std::make_unique<Signer>("sns.amazonaws.com", 1, 30); }}) {
    Post post;
    const auto signer = make();
    post.certificate = signer->pem;
    EXPECT_EQ(post.send(signer->signed_message(notification())), 403);
  }
  Post post;
  post.certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(post.send(sns().signed_message(notification())), 403);
  Post unreachable;
  unreachable.certificate_status = 404;
  EXPECT_EQ(unreachable.send(sns().signed_message(notification())), 503);
}

TEST(TopicEndpoint, AsksForCertificatesAtSnsAlone) {
  for (const auto* url :
       {"http://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com:444/SimpleNotificationService-1.pem",
        "https://a@sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/x/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem?x",
        "https://s3.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.a.b.amazonaws.com/SimpleNotificationService-1.pem", ""}) {
    EXPECT_FALSE(wire::is_sns_certificate_url(url)) << url;
  }
  EXPECT_TRUE(wire::is_sns_certificate_url(kUrl));
  EXPECT_TRUE(wire::is_sns_certificate_url(
      "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem"));
}

TEST(TopicEndpoint, RefusesOldMessagesAndUnknownTopics) {
  Post post;
  auto unknown = notification();
  unknown["TopicArn"] = "arn:aws:sns:us-east-1:123456789012:other";
  EXPECT_EQ(post.send(sns().signed_message(unknown)), 403);

  post.loop.run_for(2h);
  EXPECT_EQ(post.send(sns().signed_message(notification())), 403);
  EXPECT_TRUE(post.transport.requests.empty());
}

TEST(TopicEndpoint, ConfirmsSubscriptionsOfItsTopicsAlone) {
  Post post;
  auto confirmation = notification();
  confirmation["Type"] = "SubscriptionConfirmation";
  confirmation["Token"] = "t-1";
  confirmation["SubscribeURL"] = "https://evil.example/";
  EXPECT_EQ(post.send(sns().signed_message(confirmation)), 200);
  EXPECT_EQ(post.topics.confirmed, std::vector<std::string>{std::string{kTopic} + " t-1"});

  confirmation["TopicArn"] = "arn:aws:sns:us-east-1:123456789012:other";
  EXPECT_EQ(post.send(sns().signed_message(confirmation)), 403);
  EXPECT_EQ(post.topics.confirmed.size(), 1U);
}

TEST(TopicEndpoint, TakesNothingElse) {
  Post post;
  auto incomplete = json::parse(sns().signed_message(notification()));
  incomplete.erase("MessageId");
  for (const std::string& body : std::vector<std::string>{
           "", "{", "[]", "{}", R"({"Type":"Notification"})", incomplete.dump(),
           std::string(1U << 20U, 'x'), R"({"fleetID":"sfr-1"})"}) {
    EXPECT_EQ(post.send(body), 400) << body.substr(0, 80);
  }
  EXPECT_EQ(post.endpoint.refused(), 8);
}

}  // namespace

}  // namespace spotvane::guard
