#include "adapters/aws/aws_configuration.hpp"

#include "adapters/aws/aws_home_harness.hpp"
#include "adapters/aws/ini.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

// ---- the files' dialect

TEST(Ini, ReadsWhatTheAwsToolsWrite) {
  const auto sections = parse_ini(
      "\xEF\xBB\xBF# a comment\r\n"
      "[default]\r\n"
      "Region = us-east-1 # inline\r\n"
      "output=json;not-a-comment\n"
      "\n"
      "[ profile   \"with space\" ]\n"
      "role_arn=a=b\n"
      "empty = # nothing\n"
      "[services local]\n"
      "ec2 =\n"
      "  endpoint_url = http://127.0.0.1:4566\n"
      "  ; a comment\n"
      "s3 =\n"
      "\taddressing_style = path\n"
      "[default]\n"
      "cli_pager =",
      "config");

  ASSERT_TRUE(sections) << sections.error().message;
  EXPECT_THAT(sections->at("default").values,
              ElementsAre(Pair("cli_pager", ""), Pair("output", "json;not-a-comment"),
                          Pair("region", "us-east-1")));
  EXPECT_THAT(sections->at("profile with space").values,
              ElementsAre(Pair("empty", ""), Pair("role_arn", "a=b")));
  EXPECT_EQ(sections->at("services local").nested.at("ec2").at("endpoint_url"),
            "http://127.0.0.1:4566");
  EXPECT_EQ(sections->at("services local").nested.at("s3").at("addressing_style"), "path");
}

TEST(Ini, NamesFileAndLineOfAMistakeButNeverQuotesIt) {
  for (const auto* text :
       {"[default]\n\nmy secret", "\n\nmy secret = 1", "\n\n[my secret", "[a]\nb =\n  my secret"}) {
    const auto sections = parse_ini(text, "/home/u/.aws/config");
    ASSERT_FALSE(sections) << text;
    EXPECT_EQ(sections.error().kind, ErrorKind::InvalidInput);
    EXPECT_THAT(sections.error().message,
                AllOf(HasSubstr("'/home/u/.aws/config': line 3"), Not(HasSubstr("secret"))));
  }
}

// ---- what is found

class Configuration : public testing::Test, protected AwsHome {};

TEST_F(Configuration, NeedsNeitherFilesNorVariables) {
  const auto found = read();

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->profile, "default");
  EXPECT_EQ(found->region, "us-east-1");
  EXPECT_EQ(std::get<InstanceRole>(found->credentials.keys).endpoint, "http://169.254.169.254");
  EXPECT_EQ(found->endpoint(wire::kEc2, "eu-west-1"), "https://ec2.eu-west-1.amazonaws.com");
  EXPECT_EQ(found->endpoint(wire::kPricing, "us-east-1"),
            "https://api.pricing.us-east-1.amazonaws.com");
  EXPECT_EQ(found->endpoint(wire::kEc2, "cn-north-1"), "https://ec2.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(found->endpoint(wire::kSts, "eusc-de-east-1"),
            "https://sts.eusc-de-east-1.amazonaws.eu");
  EXPECT_EQ(found->endpoint(wire::kEc2, "us-gov-west-1"),
            "https://ec2.us-gov-west-1.amazonaws.com");
  EXPECT_EQ(found->advisor_url(),
            "https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json");
}

TEST_F(Configuration, TakesTheRegionFromTheNearestPlace) {
  write_config("[default]\nregion = from-file\n");
  EXPECT_EQ(read()->region, "from-file");

  variables["AWS_DEFAULT_REGION"] = "from-default";
  EXPECT_EQ(read()->region, "from-default");

  variables["AWS_REGION"] = "from-variable";
  EXPECT_EQ(read()->region, "from-variable");

  EXPECT_EQ(read({.region = "from-choice"})->region, "from-choice");
  EXPECT_FALSE(read({.region = "evil.example/?"}));
}

TEST_F(Configuration, ReadsTheFilesThatTheEnvironmentNames) {
  write("elsewhere", "[default]\nregion = from-elsewhere\n");
  variables["AWS_CONFIG_FILE"] = "~/elsewhere";

  EXPECT_EQ(read()->region, "from-elsewhere");
}

TEST_F(Configuration, SuggestsTheProfileThatWasMeant) {
  write_config("[profile production]\n[profile test]\n[not-a-profile]\n");

  const auto found = read({.profile = "prodution"});

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(found.error().message, "AWS profile 'prodution' does not exist");
  EXPECT_EQ(found.error().hint, "did you mean 'production'?");
  EXPECT_EQ(read({.profile = "zzz"}).error().hint, "there are: production, test");
}

TEST_F(Configuration, SaysWhichLineOfWhichFileIsMalformed) {
  write_config("[default]\nnonsense\n");

  const auto found = read();

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, AllOf(HasSubstr("/.aws/config'"), HasSubstr("line 2")));
}

TEST_F(Configuration, FindsEndpointsInTheOrderOfTheAwsTools) {
  write_config(
      "[default]\nendpoint_url = http://file-all\nservices = local\n"
      "[services local]\nec2 =\n  endpoint_url = http://file-ec2/\n");
  auto found = read();
  EXPECT_EQ(found->endpoint(wire::kEc2, "r"), "http://file-ec2");
  EXPECT_EQ(found->endpoint(wire::kSts, "r"), "http://file-all");
  EXPECT_EQ(found->advisor_url(), "http://file-all/spot-advisor-data.json");

  variables["AWS_ENDPOINT_URL"] = "http://all:4599/";
  variables["AWS_ENDPOINT_URL_STS"] = "https://sts.local";
  found = read();
  EXPECT_EQ(found->endpoint(wire::kEc2, "r"), "http://all:4599");
  EXPECT_EQ(found->endpoint(wire::kSts, "r"), "https://sts.local");
  EXPECT_EQ(found->advisor_url(), "http://all:4599/spot-advisor-data.json");

  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True";
  EXPECT_EQ(read()->endpoint(wire::kEc2, "r"), "https://ec2.r.amazonaws.com");
}

TEST_F(Configuration, RefusesServicesThatAreWrittenNowhere) {
  write_config("[default]\nservices = lab\n[services local]\nec2 =\n  endpoint_url = http://e\n");

  EXPECT_EQ(read().error().message,
            "profile 'default' names the services 'lab', which do not exist");
  EXPECT_TRUE(read({.endpoint_url = "http://chosen"})) << "which nobody needs then";
}

TEST_F(Configuration, AsksTheChosenEndpointWhateverIsConfigured) {
  variables["AWS_ENDPOINT_URL_EC2"] = "http://elsewhere";
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";

  const auto found = read({.endpoint_url = "http://chosen:4599/"});

  EXPECT_EQ(found->endpoint(wire::kEc2, "r"), "http://chosen:4599");
  EXPECT_EQ(found->advisor_url(), "http://chosen:4599/spot-advisor-data.json");
  EXPECT_THAT(read({.endpoint_url = "chosen:4599"}).error().message,
              HasSubstr("the endpoint URL must be an address"));
}

TEST_F(Configuration, RefusesValuesThatCannotBe) {
  variables["AWS_ENDPOINT_URL_EC2"] = "localhost:4599";
  EXPECT_THAT(read().error().message,
              AllOf(HasSubstr("AWS_ENDPOINT_URL_EC2"), HasSubstr("'localhost:4599'")));

  variables.erase("AWS_ENDPOINT_URL_EC2");
  variables["AWS_MAX_ATTEMPTS"] = "0";
  EXPECT_THAT(read().error().message, HasSubstr("1 to 100, got '0'"));
}

}  // namespace

}  // namespace spotvane::adapters
