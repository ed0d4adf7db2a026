#include "adapters/aws/credential_chain.hpp"

#include "adapters/aws/aws_home_harness.hpp"
#include "adapters/aws/container_role.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Chain : public testing::Test, protected AwsHome {
 protected:
  CredentialsSource found(const AwsChoices& choices = {}) const {
    const auto configuration = read(choices);
    return configuration ? configuration->credentials
                         : CredentialsSource{NoCredentials{configuration.error()}};
  }

  /// The method, and the access key where one stands written.
  std::string choice(const AwsChoices& choices = {}) const {
    const auto source = found(choices);
    const auto* fixed = std::get_if<FixedKeys>(&source.keys);
    return fmt::format("{} {}", method_of(source), fixed ? fixed->keys.access_key_id : "-");
  }

  Error refusal(const AwsChoices& choices = {}) const {
    const auto source = found(choices);
    const auto* none = std::get_if<NoCredentials>(&source.keys);
    return none != nullptr ? none->why : Error{ErrorKind::Corrupt, "no refusal"};
  }
};

TEST_F(Chain, MergesAProfileFromBothFiles) {
  write_config("[profile prod]\nregion = eu-west-1\naws_access_key_id = CONFIG\n");
  write_credentials(
      "[prod]\naws_access_key_id = SHARED\naws_secret_access_key = s\naws_session_token = t\n");
  variables["AWS_PROFILE"] = "prod";

  EXPECT_EQ(read()->region, "eu-west-1");
  const auto keys = std::get<FixedKeys>(found().keys).keys;
  EXPECT_EQ(keys.access_key_id, "SHARED");
  EXPECT_EQ(keys.secret_access_key, "s");
  EXPECT_EQ(keys.session_token, "t");
}

TEST_F(Chain, PrefersTheEnvironmentsKeysUnlessTheProgramNamesAProfile) {
  write_credentials("[prod]\naws_access_key_id = FILE\naws_secret_access_key = s\n");
  variables["AWS_PROFILE"] = "prod";
  EXPECT_EQ(choice(), "shared-credentials-file FILE");

  variables["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  EXPECT_EQ(choice(), "env ENVIRONMENT");
  EXPECT_EQ(choice({.profile = "prod"}), "shared-credentials-file FILE");
}

/// Takes the first of boto3's places away, one after the other, and looks which is next.
TEST_F(Chain, LooksAtThePlacesInBoto3sOrder) {
  variables["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT";
  variables["AWS_SECRET_ACCESS_KEY"] = "s";
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost/keys";
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  variables["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/web";
  const std::string role = "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n";
  const std::string keys = "aws_access_key_id = CONFIG\naws_secret_access_key = s\n";
  const std::string process = "credential_process = /bin/keys\n";
  const std::string base = "[profile base]\naws_access_key_id = B\naws_secret_access_key = s\n";
  write_config(base + "[default]\n" + role + process + keys);
  write_credentials("[default]\naws_access_key_id = SHARED\naws_secret_access_key = s\n");

  EXPECT_EQ(choice(), "env ENVIRONMENT");
  variables.erase("AWS_ACCESS_KEY_ID");
  EXPECT_EQ(choice(), "assume-role B");
  write_config(base + "[default]\n" + process + keys);
  EXPECT_EQ(choice(), "assume-role-with-web-identity -");
  variables.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  EXPECT_EQ(choice(), "shared-credentials-file SHARED");
  write_credentials("");
  EXPECT_EQ(choice(), "custom-process -");
  write_config("[default]\n" + keys);
  EXPECT_EQ(choice(), "config-file CONFIG");
  write_config("");
  EXPECT_EQ(choice(), "container-role -");
  variables.erase("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  EXPECT_EQ(choice(), "iam-role -");
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_EQ(choice(), "none -");
}

TEST_F(Chain, TakesOldNamesOfTheSessionToken) {
  variables = {{"AWS_ACCESS_KEY_ID", "A"},
               {"AWS_SECRET_ACCESS_KEY", "s"},
               {"AWS_SESSION_TOKEN", "new"},
               {"AWS_SECURITY_TOKEN", "old"}};
  EXPECT_EQ(std::get<FixedKeys>(found().keys).keys.session_token, "old");
}

TEST_F(Chain, KnowsWhenTheEnvironmentsKeysExpire) {
  variables = {{"AWS_ACCESS_KEY_ID", "A"},
               {"AWS_SECRET_ACCESS_KEY", "s"},
               {"AWS_CREDENTIAL_EXPIRATION", "2026-08-01T12:00:00Z"}};
  EXPECT_EQ(to_iso8601(*std::get<FixedKeys>(found().keys).expires), "2026-08-01T12:00:00Z");

  variables["AWS_CREDENTIAL_EXPIRATION"] = "tomorrow";
  EXPECT_THAT(refusal().message, HasSubstr("AWS_CREDENTIAL_EXPIRATION is no time"));
}

// ---- roles

TEST_F(Chain, AssumesRolesOneWithTheKeysOfTheOther) {
  write_config(
      "[profile top]\nrole_arn = arn:top\nsource_profile = middle\nexternal_id = x\n"
      "role_session_name = me\nduration_seconds = 900\n"
      "[profile middle]\nrole_arn = arn:middle\nsource_profile = base\n"
      "[profile base]\naws_access_key_id = B\naws_secret_access_key = s\n");

  const auto source = found({.profile = "top"});

  EXPECT_EQ(std::get<FixedKeys>(source.keys).keys.access_key_id, "B");
  ASSERT_THAT(source.roles, SizeIs(2));
  EXPECT_THAT(source.roles, ElementsAre(Field(&AssumedRole::role_arn, "arn:middle"),
                                        Field(&AssumedRole::role_arn, "arn:top")));
  const auto& top = source.roles.back();
  EXPECT_EQ(top.profile, "top");
  EXPECT_EQ(top.external_id, "x");
  EXPECT_EQ(top.session_name, "me");
  EXPECT_EQ(top.duration_seconds, 900);
  EXPECT_EQ(origin_of(source), "profile 'top', by way of profile 'base' (config file)");
}

TEST_F(Chain, LetsAProfileBeItsOwnSourceWhereItHasKeys) {
  write_config("[default]\nrole_arn = arn:r\nsource_profile = default\n");
  EXPECT_THAT(refusal().message, HasSubstr("leads in a circle: default -> default"));

  write_credentials("[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
  EXPECT_EQ(choice(), "assume-role A");
}

TEST_F(Chain, NamesTheCircleThatSourceProfilesLeadIn) {
  write_config(
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\n"
      "[profile b]\nrole_arn = arn:b\nsource_profile = c\n"
      "[profile c]\nrole_arn = arn:c\nsource_profile = a\n");

  EXPECT_EQ(refusal({.profile = "a"}).message,
            "the source_profile of 'a' leads in a circle: a -> b -> c -> a");
}

TEST_F(Chain, TakesASourcesKeysBeforeItsRole) {
  write_config(
      "[default]\nrole_arn = arn:r\nsource_profile = b\n"
      "[profile b]\nrole_arn = arn:b\nsource_profile = nobody\n"
      "aws_access_key_id = B\naws_secret_access_key = s\n");

  EXPECT_EQ(choice(), "assume-role B");
  EXPECT_THAT(found().roles, SizeIs(1));
}

TEST_F(Chain, TakesAllThatASourceProfileCanSayButNotTheEnvironment) {
  const std::string top = "[default]\nrole_arn = arn:r\nsource_profile = b\n[profile b]\n";
  write_config(top + "credential_process = /bin/keys\n");
  EXPECT_TRUE(std::holds_alternative<KeyProcess>(found().keys));

  write_config(top + "web_identity_token_file = /token\nrole_arn = arn:web\n");
  EXPECT_TRUE(std::holds_alternative<WebIdentity>(found().keys));
  EXPECT_THAT(found().roles, SizeIs(1));

  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost/keys";
  write_config(top + "region = eu-west-1\n");
  EXPECT_EQ(refusal().message,
            "profile 'b', which 'default' names as its source_profile, has no credentials");
}

TEST_F(Chain, TakesTheCredentialSourceThatAProfileNames) {
  const auto role = [&](const std::string& source) {
    write_config("[default]\nrole_arn = arn:r\ncredential_source = " + source + "\n");
    return found({.profile = "default"});
  };
  variables = {{"HOME", folder.path().string()},
               {"AWS_ACCESS_KEY_ID", "E"},
               {"AWS_SECRET_ACCESS_KEY", "s"},
               {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys"}};

  EXPECT_EQ(std::get<FixedKeys>(role("Environment").keys).keys.access_key_id, "E");
  EXPECT_EQ(std::get<ContainerRole>(role("EcsContainer").keys).url, "http://169.254.170.2/keys");
  EXPECT_TRUE(std::holds_alternative<InstanceRole>(role("Ec2InstanceMetadata").keys));
  EXPECT_THAT(role("Ec2InstanceMetadata").roles, SizeIs(1));

  variables = {{"HOME", folder.path().string()}, {"AWS_EC2_METADATA_DISABLED", "TRUE"}};
  for (const auto* source : {"Environment", "EcsContainer", "Ec2InstanceMetadata"}) {
    role(source);
    EXPECT_EQ(
        refusal().message,
        fmt::format("credential_source '{}' of profile 'default' has no credentials", source));
  }
  role("Wallet");
  EXPECT_THAT(refusal().hint, HasSubstr("Environment, Ec2InstanceMetadata or EcsContainer"));
}

TEST_F(Chain, RefusesRolesThatSayTooLittleOrTooMuch) {
  const auto refusal_of = [&](const std::string& settings) {
    write_config("[profile base]\naws_access_key_id=B\naws_secret_access_key=s\n" +
                 ("[default]\nrole_arn = arn:r\n" + settings));
    return refusal();
  };

  EXPECT_THAT(refusal_of("").message, HasSubstr("neither source_profile nor credential_source"));
  EXPECT_THAT(refusal_of("source_profile=base\ncredential_source=Environment\n").message,
              HasSubstr("both source_profile and credential_source"));
  const auto unknown = refusal_of("source_profile = bass\n");
  EXPECT_EQ(unknown.message, "source_profile 'bass' of profile 'default' does not exist");
  EXPECT_EQ(unknown.hint, "did you mean 'base'?");
  EXPECT_THAT(refusal_of("source_profile=base\nduration_seconds=60\n").message,
              HasSubstr("duration_seconds of profile 'default' must be 900 to 43200, got '60'"));
  const auto mfa = refusal_of("source_profile=base\nmfa_serial=arn:aws:iam::1:mfa/me\n");
  EXPECT_THAT(mfa.message, HasSubstr("MFA device 'arn:aws:iam::1:mfa/me'"));
  EXPECT_THAT(mfa.hint, HasSubstr("aws configure export-credentials --profile default"));
}

// ---- web identity

TEST_F(Chain, TakesAWebIdentityFromEnvironmentOrProfileOrBoth) {
  write_config(
      "[default]\nweb_identity_token_file = /profile\nrole_arn = arn:profile\n"
      "role_session_name = me\n");
  auto identity = std::get<WebIdentity>(found().keys);
  EXPECT_EQ(identity.token_file, "/profile");
  EXPECT_EQ(identity.role_arn, "arn:profile");
  EXPECT_EQ(identity.session_name, "me");
  EXPECT_THAT(found().roles, IsEmpty());

  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/environment";
  identity = std::get<WebIdentity>(found().keys);
  EXPECT_EQ(identity.token_file, "/environment");
  EXPECT_EQ(identity.role_arn, "arn:profile");
  EXPECT_EQ(std::get<WebIdentity>(found({.profile = "default"}).keys).token_file, "/profile");

  write_config("");
  EXPECT_THAT(refusal().message, HasSubstr("names a web identity's token file, but no role"));
}

// ---- what is not to be had here

TEST_F(Chain, SaysWhatToDoAboutSignInsThatItDoesNotDo) {
  for (const auto* settings : {"sso_account_id = 1\nsso_role_name = r\nsso_session = s\n",
                               "sso_role_name = r\nsso_start_url = https://x\n",
                               "login_session = arn:aws:iam::1:user/me\n"}) {
    write_config(std::string{"[profile work]\n"} + settings);
    const auto refused = refusal({.profile = "work"});
    EXPECT_THAT(refused.message, AllOf(HasSubstr("profile 'work'"), HasSubstr("does not do")));
    EXPECT_THAT(refused.hint,
                HasSubstr("credential_process = aws configure export-credentials --profile work"));
  }
}

TEST_F(Chain, TakesKeysOfTheCredentialsFileBeforeALoginButNotBeforeSingleSignOn) {
  write_credentials("[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
  write_config("[default]\nlogin_session = arn:aws:iam::1:user/me\n");
  EXPECT_EQ(choice(), "shared-credentials-file A");

  write_config("[default]\nsso_role_name = r\n");
  EXPECT_EQ(choice(), "none -");
}

TEST_F(Chain, NeverQuotesACommandThatMakesNoSense) {
  write_config("[default]\ncredential_process = /bin/keys --password 'secret\n");

  EXPECT_THAT(refusal().message, AllOf(HasSubstr("a quote in the command is not closed"),
                                       HasSubstr("profile 'default'"), Not(HasSubstr("secret"))));
}

TEST_F(Chain, AsksForAContainersKeysOnlyWhereAwsWould) {
  const auto is_allowed = [](const char* url) { return check_container_url(url).has_value(); };
  for (const auto* url :
       {"https://anywhere.example/x", "http://localhost:80/x", "http://127.0.0.1/x",
        "http://127.9.9.9:8080", "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials", "http://[::1]:8080/x"}) {
    EXPECT_TRUE(is_allowed(url)) << url;
  }
  for (const auto* url :
       {"http://anywhere.example/x", "http://169.254.169.254/x", "http://127.0.0.1.evil.example/x",
        "http://127.evil.example/x", "http://[fd00:ec2::254]/x", "ftp://localhost/x", "localhost",
        "http://localhost:80@evil.example/x", "http://169.254.170.2.evil.example/x",
        "https://user@evil.example/x", "http:///x", ""}) {
    EXPECT_FALSE(is_allowed(url)) << url;
  }
}

TEST_F(Chain, AsksTheMetadataServiceThatIsConfigured) {
  const auto endpoint = [&] { return std::get<InstanceRole>(found().keys).endpoint; };
  EXPECT_EQ(endpoint(), "http://169.254.169.254");
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
  EXPECT_EQ(endpoint(), "http://[fd00:ec2::254]");
  write_config("[default]\nec2_metadata_service_endpoint = http://config/\n");
  EXPECT_EQ(endpoint(), "http://config");
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://environment:1338/";
  EXPECT_EQ(endpoint(), "http://environment:1338");
}

TEST_F(Chain, ExplainsWhyThereAreNoCredentials) {
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(refusal().message, AllOf(HasSubstr("environment"), HasSubstr("profile 'default'")));
  EXPECT_THAT(refusal().hint, HasSubstr("AWS_ACCESS_KEY_ID"));

  variables["AWS_ACCESS_KEY_ID"] = "A";
  EXPECT_THAT(refusal().hint, HasSubstr("secret access key is not set"));
  EXPECT_THAT(refusal({.profile = "default"}).message, HasSubstr("do not count beside --profile"));

  variables = {{"HOME", folder.path().string()}};
  EXPECT_EQ(std::get<InstanceRole>(found().keys).tried,
            "none in the environment, none in profile 'default', none of a container");
}

}  // namespace

}  // namespace spotvane::adapters
