#include "adapters/aws/key_process.hpp"

#include "sim/event_loop.hpp"
#include "support/moments.hpp"
#include "support/scripted_processes.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CredentialProcess : public testing::Test {
 protected:
  Result<SessionKeys> keys_from(Result<ProcessExit> exit) {
    processes_.script = [&](const ProcessCommand&) { return exit; };
    KeyProcessFetcher fetcher{{"vault", {"/bin/keys", "--password", "secret"}}, processes_};
    std::optional<Result<SessionKeys>> got;
    fetcher.fetch([&](Result<SessionKeys> keys) { got = std::move(keys); });
    loop_.run_for(1min);
    return got.value_or(fail(ErrorKind::Corrupt, "never answered"));
  }

  sim::EventLoop loop_{kNoon};
  support::ScriptedProcesses processes_{loop_};
};

TEST_F(CredentialProcess, IsRunForItsKeys) {
  const auto keys = keys_from(
      ProcessExit{.output = R"({"Version": 1, "AccessKeyId": "KEY", "SecretAccessKey": "s"})"});

  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(keys->keys.access_key_id, "KEY");
  EXPECT_THAT(processes_.commands.front().words, ElementsAre("/bin/keys", "--password", "secret"));
  EXPECT_EQ(processes_.commands.front().timeout, 1min);
}

TEST_F(CredentialProcess, IsNamedWhereItFailsButNeitherItsArgumentsNorItsWords) {
  for (const auto& exit : {Result<ProcessExit>{ProcessExit{.status = 2, .output = "secret"}},
                           Result<ProcessExit>{ProcessExit{.output = "secret"}},
                           Result<ProcessExit>{fail(ErrorKind::Unavailable, "did not end")}}) {
    const auto keys = keys_from(exit);
    ASSERT_FALSE(keys);
    EXPECT_EQ(keys.error().kind, ErrorKind::Denied);
    EXPECT_THAT(keys.error().message,
                AllOf(HasSubstr("run '/bin/keys', the credential_process of profile 'vault'"),
                      Not(HasSubstr("secret"))));
    EXPECT_THAT(keys.error().hint, Not(testing::IsEmpty()));
  }
  EXPECT_THAT(keys_from(ProcessExit{.status = 2}).error().message,
              HasSubstr("it ended with status 2"));
}

}  // namespace

}  // namespace spotvane::adapters
