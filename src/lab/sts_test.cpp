#include "lab/lab.hpp"

#include "lab/lab_harness.hpp"

#include <gmock/gmock.h>

namespace spotvane::lab {

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto kRole = "arn:aws:iam::210987654321:role/team/collector";
/// {"alg":"none"} and {"iss":"https://issuer","sub":"me","aud":["sts"],"exp":1785585600}, which is
/// noon of 2026-08-01.
constexpr auto kToken =
    "eyJhbGciOiJub25lIn0."
    "eyJpc3MiOiJodHRwczovL2lzc3VlciIsInN1YiI6Im1lIiwiYXVkIjpbInN0cyJdLCJleHAiOjE3ODU1ODU2MDB9."
    "c2ln";

struct Roles : LabHarness {
  HttpResponse sts(const std::string& action,
                   const std::vector<std::pair<std::string, std::string>>& parameters = {}) {
    return send(request(wire::kSts, "eu-west-1", action, form(parameters))).response;
  }

  HttpResponse unsigned_sts(const std::vector<std::pair<std::string, std::string>>& parameters) {
    auto call = wire::Form::call("AssumeRoleWithWebIdentity", wire::kSts.version);
    for (const auto& [name, value] : parameters) {
      call.add(name, value);
    }
    return send({.method = "POST",
                 .url = "/",
                 .headers = {{"Host", "127.0.0.1:4599"},
                             {"Content-Type", std::string{wire::kFormContentType}}},
                 .body = call.encode()})
        .response;
  }

  /// A member of the answer's credentials.
  static std::string credential(const HttpResponse& response, const std::string& name) {
    const auto document = wire::XmlDocument::parse(response.body);
    for (const auto* result : {"AssumeRoleResult", "AssumeRoleWithWebIdentityResult"}) {
      if (const auto found = document->root().child(result)) {
        return std::string{found.child("Credentials").child_text(name)};
      }
    }
    return {};
  }

  void use(const HttpResponse& response) {
    keys = {credential(response, "AccessKeyId"), credential(response, "SecretAccessKey"),
            credential(response, "SessionToken")};
  }
};

TEST(LabRoles, AreAssumedForAnHour) {
  Roles world;
  const auto answer = world.sts("AssumeRole", {{"RoleArn", kRole}, {"RoleSessionName", "me"}});

  ASSERT_EQ(verdict(answer), "200") << answer.body;
  EXPECT_THAT(answer.body,
              HasSubstr("<Arn>arn:aws:sts::210987654321:assumed-role/collector/me</Arn>"));
  EXPECT_EQ(Roles::credential(answer, "Expiration"), to_iso8601(world.wall.time + 1h));
  EXPECT_THAT(Roles::credential(answer, "AccessKeyId"), StartsWith("ASIA"));

  world.use(answer);
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
  EXPECT_THAT(world.sts("GetCallerIdentity").body,
              HasSubstr("<Arn>arn:aws:sts::210987654321:assumed-role/collector/me</Arn>"));
}

TEST(LabRoles, TakeTheirKeysOnlyWithTheTokenAndOnlyInTime) {
  Roles world;
  world.use(world.sts("AssumeRole",
                      {{"RoleArn", kRole}, {"RoleSessionName", "me"}, {"DurationSeconds", "900"}}));
  const auto good = world.keys;

  world.keys.session_token.clear();
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "401 AuthFailure");
  world.keys = good;
  world.wall.time += 15min - 1ms;
  EXPECT_EQ(verdict(world.ec2("DescribeRegions")), "200");
  world.wall.time += 1ms;
  EXPECT_EQ(verdict(world.sts("GetCallerIdentity")), "403 ExpiredToken");
}

TEST(LabRoles, GetOtherKeysEachTimeButTheSameInEachLab) {
  Roles world;
  Roles twin;
  const auto assume = [](Roles& lab) {
    return Roles::credential(lab.sts("AssumeRole", {{"RoleArn", kRole}, {"RoleSessionName", "me"}}),
                             "AccessKeyId");
  };

  const auto first = assume(world);
  EXPECT_NE(assume(world), first);
  EXPECT_EQ(assume(twin), first);
}

TEST(LabRoles, AssumeOtherRolesForAnHourAtMost) {
  Roles world;
  world.use(world.sts("AssumeRole", {{"RoleArn", kRole}, {"RoleSessionName", "me"}}));

  const auto next = [&](const char* seconds) {
    return verdict(world.sts("AssumeRole", {{"RoleArn", "arn:aws:iam::123456789012:role/next"},
                                            {"RoleSessionName", "me"},
                                            {"DurationSeconds", seconds}}));
  };
  EXPECT_EQ(next("3600"), "200");
  EXPECT_EQ(next("3601"), "400 ValidationError");
}

TEST(LabRoles, AreRefusedToWhoAsksBadly) {
  Roles world;
  const auto assume = [&](const std::string& arn, const std::string& name,
                          const std::string& seconds = "3600") {
    return verdict(world.sts(
        "AssumeRole", {{"RoleArn", arn}, {"RoleSessionName", name}, {"DurationSeconds", seconds}}));
  };
  EXPECT_EQ(assume(kRole, "me"), "200");
  EXPECT_EQ(assume("", "me"), "400 ValidationError");
  EXPECT_EQ(assume("collector", "me"), "400 ValidationError");
  EXPECT_EQ(assume("arn:aws:iam::1:role/r", "me"), "400 ValidationError");
  EXPECT_EQ(assume("arn:aws:iam::123456789012:user/u", "me"), "400 ValidationError");
  EXPECT_EQ(assume("arn:aws:iam::123456789012:role/", "me"), "400 ValidationError");
  EXPECT_EQ(assume(kRole, "m"), "400 ValidationError");
  EXPECT_EQ(assume(kRole, "my self"), "400 ValidationError");
  EXPECT_EQ(assume(kRole, "me", "899"), "400 ValidationError");
  EXPECT_EQ(assume(kRole, "me", "soon"), "400 ValidationError");
  world.keys.secret_access_key = "wrong";
  EXPECT_EQ(assume(kRole, "me"), "403 SignatureDoesNotMatch");
}

TEST(LabRoles, AreGivenToTheBearerOfATokenWithoutASignature) {
  Roles world;
  world.wall.time = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1} + 11h;
  const auto ask = [&](const std::string& token) {
    return world.unsigned_sts(
        {{"RoleArn", kRole}, {"RoleSessionName", "pod"}, {"WebIdentityToken", token}});
  };

  const auto answer = ask(kToken);
  ASSERT_EQ(verdict(answer), "200") << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("<SubjectFromWebIdentityToken>me<"));
  world.use(answer);
  EXPECT_THAT(world.sts("GetCallerIdentity").body, HasSubstr("assumed-role/collector/pod"));

  for (const auto* token : {"x", "a.b.c", "e30.e30.e30"}) {
    EXPECT_EQ(verdict(ask(token)), "400 InvalidIdentityToken") << token;
  }
  world.wall.time += 1h;
  EXPECT_EQ(verdict(ask(kToken)), "400 ExpiredTokenException");
}

}  // namespace

}  // namespace spotvane::lab
