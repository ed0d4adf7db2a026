#include "cli/settings.hpp"

#include <gmock/gmock.h>

#include <map>

namespace spotvane::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

EnvironmentLookup variables(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional{found->second};
  };
}

TEST(Settings, AreReadFromToml) {
  Settings settings;

  const auto mistakes = apply_toml(R"(
home = "/var/lib/spotvane"
[collect]
regions = ["us-east-1", "eu-west-1"]
[sps]
top_k = 3
single_zone = false
)",
                                   settings);

  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(settings.home, "/var/lib/spotvane");
  EXPECT_THAT(settings.regions, SizeIs(2));
  EXPECT_EQ(settings.top_k, 3);
  EXPECT_FALSE(settings.single_zone);
}

TEST(Settings, ReportEveryMistakeWithItsLine) {
  Settings settings;

  const auto mistakes =
      apply_toml("[sps]\ntop_k = \"many\"\ntop_kk = 3\nsizes = \"(\"\n", settings);

  ASSERT_THAT(mistakes, SizeIs(3));
  EXPECT_EQ(mistakes[0].line, 2);
  EXPECT_THAT(mistakes[0].message, HasSubstr("'sps.top_k': expected a whole number, got 'many'"));
  EXPECT_EQ(mistakes[1].line, 3);
  EXPECT_THAT(mistakes[1].message, HasSubstr("did you mean 'sps.top_k'?"));
  EXPECT_EQ(mistakes[2].line, 4);
  EXPECT_EQ(settings.top_k, Settings{}.top_k);
}

TEST(Settings, ReadDatesAndListsWithinListsAsTheyAreWritten) {
  Settings settings;

  const auto mistakes = apply_toml(
      "[sps]\ntop_k = 2026-11-21\ncapacities = [[1, 2]]\n[aws]\nprofile = 2026-11-21\n", settings);

  ASSERT_THAT(mistakes, SizeIs(2));
  EXPECT_THAT(mistakes[0].message, HasSubstr("got '2026-11-21'"));
  EXPECT_THAT(mistakes[1].message, HasSubstr("[ 1, 2 ]"));
  EXPECT_THAT(settings.aws_profiles, testing::ElementsAre("2026-11-21"));
}

TEST(Settings, ReportTheLineOfMalformedToml) {
  Settings settings;

  const auto mistakes = apply_toml("[sps]\ntop_k = = 3\n", settings);

  ASSERT_THAT(mistakes, SizeIs(1));
  EXPECT_EQ(mistakes[0].line, 2);
}

TEST(Settings, TakeTheEnvironmentOverTheFile) {
  Settings settings;
  EXPECT_THAT(apply_toml("[sps]\ntop_k = 3\n", settings), IsEmpty());

  const auto mistakes = apply_environment(
      variables({{"SPOTVANE_SPS_TOP_K", "4"}, {"SPOTVANE_COLLECT_REGIONS", "a,b"}}), settings);

  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_EQ(settings.top_k, 4);
  EXPECT_THAT(settings.regions, SizeIs(2));
}

TEST(Settings, TakeSeveralCapacitiesToSweepAscendingAndOnceEach) {
  Settings settings;

  EXPECT_THAT(apply_toml("[sps]\ncapacities = [50, 1, 10, 10]\n", settings), IsEmpty());
  EXPECT_THAT(settings.capacities, testing::ElementsAre(1, 10, 50));

  EXPECT_THAT(apply_environment(variables({{"SPOTVANE_SPS_CAPACITIES", "10,20"}}), settings),
              IsEmpty());
  EXPECT_THAT(settings.capacities, testing::ElementsAre(10, 20));

  const auto mistakes = apply_toml("[sps]\ncapacities = [1, 40000]\n", settings);
  ASSERT_THAT(mistakes, SizeIs(1));
  EXPECT_THAT(mistakes[0].message, HasSubstr("must be from 1 to 32767, got 40000"));
}

TEST(Settings, SweepTheTargetCapacityToo) {
  Settings settings;
  EXPECT_THAT(check_together(settings), IsEmpty());
  settings.capacities = {1, 10};
  EXPECT_THAT(check_together(settings), IsEmpty());
  settings.capacities = {1, 5};

  const auto mistakes = check_together(settings);

  ASSERT_THAT(mistakes, SizeIs(1));
  EXPECT_THAT(mistakes[0].message,
              HasSubstr("'sps.target_capacity' is 10, which 'sps.capacities' (1, 5) lacks"));
}

TEST(Settings, TakeOneProfileOrSeveral) {
  Settings settings;
  EXPECT_THAT(apply_toml("[aws]\nprofiles = [\"a\", \"b c\"]\n", settings), IsEmpty());
  EXPECT_THAT(settings.aws_profiles, testing::ElementsAre("a", "b c"));

  EXPECT_THAT(apply_environment(variables({{"SPOTVANE_AWS_PROFILE", "one"}}), settings), IsEmpty());
  EXPECT_THAT(settings.aws_profiles, testing::ElementsAre("one"));

  EXPECT_THAT(apply_environment(variables({{"SPOTVANE_AWS_PROFILES", "x,x"}}), settings),
              SizeIs(1));
  const auto both = apply_toml("[aws]\nprofile = \"a\"\nprofiles = [\"b\"]\n", settings);
  ASSERT_THAT(both, SizeIs(1));
  EXPECT_EQ(both[0].line, 3);
}

TEST(Settings, NameVariablesThatNobodyReads) {
  EXPECT_THAT(unread_variables({"SPOTVANE_BINARY", "SPOTVANE_CONFIG", "SPOTVANE_HOME",
                                "SPOTVANE_SEEDS", "SPOTVANE_SPS_TOP_K"}),
              IsEmpty());
  EXPECT_THAT(
      unread_variables({"SPOTVANE_SPS_TOPK", "SPOTVANE_X"}),
      testing::ElementsAre(
          testing::EndsWith("the variable SPOTVANE_SPS_TOPK; did you mean SPOTVANE_SPS_TOP_K?"),
          testing::HasSubstr("the variable SPOTVANE_X; see `spotvane config check`")));
}

TEST(Settings, KeepDataInTheXdgFolder) {
  EXPECT_EQ(default_home(variables({{"HOME", "/home/u"}})), "/home/u/.local/share/spotvane");
  EXPECT_EQ(default_home(variables({{"HOME", "/home/u"}, {"XDG_DATA_HOME", "/data"}})),
            "/data/spotvane");
}

}  // namespace
}  // namespace spotvane::cli
