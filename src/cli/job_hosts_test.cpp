#include "cli/job_hosts.hpp"

#include <gmock/gmock.h>

namespace spotvane::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const model::Region kVirginia{"us-east-1"};

TEST(JobHosts, NeedSomethingThatBringsSpotvane) {
  JobFile file{.name = "pi"};

  const auto bare = manager_user_data(file, "tasks = 1\n", {kVirginia});
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().kind, ErrorKind::InvalidInput);
  EXPECT_THAT(bare.error().message, HasSubstr("nothing brings spotvane to it"));
  EXPECT_THAT(bare.error().hint, AllOf(HasSubstr("'image'"), HasSubstr("'prelude'")));

  file.manager_image = "ami-1";
  EXPECT_TRUE(manager_user_data(file, "tasks = 1\n", {kVirginia}));
}

TEST(JobHosts, RunTheFileAsItIsAndShutDown) {
  JobFile file{.name = "pi", .manager_prelude = "fetch spotvane"};

  const auto script = manager_user_data(file, "user_data = \"echo $HOME\"\n",
                                        {.region = kVirginia, .usd_per_hour = 0.17});
  ASSERT_TRUE(script);
  EXPECT_EQ(*script, R"(#!/bin/sh
export HOME="${HOME:-/root}" AWS_REGION=us-east-1
fetch spotvane
cat > "$HOME/pi.toml" <<'END_OF_SPOTVANE_JOB'
user_data = "echo $HOME"

END_OF_SPOTVANE_JOB
spotvane job run "$HOME/pi.toml" --home "$HOME/spotvane" --manager-price 0.170000
shutdown -h now
)");

  EXPECT_THAT(manager_user_data(file, std::string(17'000, '#'), {kVirginia}).error().message,
              HasSubstr("more than 16 KB"));
}

TEST(JobHosts, AreToldTheStateThatTheyShareButNoPassword) {
  const JobFile file{.name = "pi", .manager_image = "ami-1"};

  const auto told = manager_user_data(
      file, "", {.region = kVirginia, .state_url = "postgresql://u@db/x?options=-c%20a='b'"});
  ASSERT_TRUE(told);
  EXPECT_THAT(*told, HasSubstr("export SPOTVANE_STATE_URL="
                               R"('postgresql://u@db/x?options=-c%20a='\''b'\''')"));

  const auto secret =
      manager_user_data(file, "", {.region = kVirginia, .state_url = "postgresql://u:pw@db/x"});
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, AllOf(HasSubstr("has a password"), Not(HasSubstr("pw@"))));
  EXPECT_THAT(secret.error().hint, HasSubstr("manager.prelude"));
}

}  // namespace
}  // namespace spotvane::cli
