#include "adapters/aws/key_documents.hpp"

#include "support/moments.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using testing::HasSubstr;
using testing::Not;

TEST(KeyDocuments, OfAProcessHaveAVersion) {
  const auto keys = read_process_keys(
      R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t",
          "Expiration": "2026-08-01T14:00:00+02:00", "AccountId": "1"})");

  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->keys.access_key_id, "A");
  EXPECT_EQ(keys->keys.secret_access_key, "s");
  EXPECT_EQ(keys->keys.session_token, "t");
  EXPECT_EQ(keys->expires, kNoon);
}

TEST(KeyDocuments, MayBeGoodForEver) {
  const auto keys = read_process_keys(
      R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": null})");

  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->keys.session_token, "");
  EXPECT_EQ(keys->expires, std::nullopt);
}

TEST(KeyDocuments, CallTheSessionTokenEachInTheirWay) {
  const auto* text = R"({"AccessKeyId": "A", "SecretAccessKey": "s", "Token": "t"})";

  EXPECT_EQ(read_container_keys(text)->keys.session_token, "t");
  EXPECT_EQ(read_instance_keys(text)->keys.session_token, "t");
}

TEST(KeyDocuments, SayWhatTheyLackButQuoteNothing) {
  const std::pair<const char*, const char*> cases[] = {
      {"secret", "not JSON"},
      {R"(["secret"])", "not JSON"},
      {R"({"AccessKeyId": "secret", "SecretAccessKey": "secret"})", "'Version'"},
      {R"({"Version": "1", "AccessKeyId": "secret", "SecretAccessKey": "secret"})", "'Version'"},
      {R"({"Version": 2, "AccessKeyId": "secret", "SecretAccessKey": "secret"})", "'Version'"},
      {R"({"Version": 1, "SecretAccessKey": "secret"})", "'AccessKeyId'"},
      {R"({"Version": 1, "AccessKeyId": "secret", "SecretAccessKey": 7})", "'SecretAccessKey'"},
      {R"({"Version": 1, "AccessKeyId": "secret", "SecretAccessKey": "s", "Expiration": "secret"})",
       "'Expiration'"},
  };
  for (const auto& [text, lack] : cases) {
    const auto keys = read_process_keys(text);
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(keys.error().kind, ErrorKind::Denied);
    EXPECT_THAT(keys.error().message, HasSubstr(lack));
    EXPECT_THAT(keys.error().message, Not(HasSubstr("secret")));
  }
}

TEST(KeyDocuments, OfAnInstanceMayBeARefusal) {
  EXPECT_EQ(read_instance_keys(R"({"Code": "AssumeRoleUnauthorizedAccess", "Message": "m"})")
                .error()
                .message,
            "the role is not usable, 'AssumeRoleUnauthorizedAccess': m");
}

TEST(KeyDocuments, OfStsAreXml) {
  const auto* text =
      "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
      "<Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
      "<SessionToken>t</SessionToken><Expiration>2026-08-01T12:00:00Z</Expiration></Credentials>"
      "</AssumeRoleResult></AssumeRoleResponse>";

  const auto keys = read_sts_keys(text, "AssumeRole");

  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->keys.session_token, "t");
  EXPECT_EQ(keys->expires, kNoon);
  EXPECT_FALSE(read_sts_keys(text, "AssumeRoleWithWebIdentity"));
  EXPECT_FALSE(read_sts_keys("secret", "AssumeRole"));
}

}  // namespace

}  // namespace spotvane::adapters
