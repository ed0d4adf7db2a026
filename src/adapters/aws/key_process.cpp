#include "adapters/aws/key_process.hpp"

#include <fmt/format.h>

#include <utility>

namespace spotvane::adapters {

KeyProcessFetcher::KeyProcessFetcher(KeyProcess process, ProcessRunner& runner)
    : process_{std::move(process)}, runner_{runner} {}

void KeyProcessFetcher::fetch(On<SessionKeys> on_keys) {
  runner_.run({.words = process_.words},
              [this, on_keys = std::move(on_keys)](Result<ProcessExit> exit) {
                on_keys(read(std::move(exit)));
              });
}

Result<SessionKeys> KeyProcessFetcher::read(Result<ProcessExit> exit) const {
  // The program alone: its arguments may be secrets.
  const auto activity = fmt::format("run '{}', the credential_process of profile '{}'",
                                    process_.words.front(), process_.profile);
  if (!exit) {
    auto error = std::move(exit.error()).during(activity);
    error.kind = ErrorKind::Denied;
    error.hint = "run the command yourself to see what it does; it must print keys as JSON and end";
    return tl::unexpected(std::move(error));
  }
  if (exit->status != 0) {
    return tl::unexpected(Error{
        ErrorKind::Denied, fmt::format("{}: it ended with status {}", activity, exit->status),
        "what it wrote to standard error says why; run the command yourself to see it again"});
  }
  auto keys = read_process_keys(exit->output);
  if (!keys) {
    auto error = std::move(keys.error()).during(activity + ": read what it printed");
    error.hint =
        "it must print {\"Version\": 1, \"AccessKeyId\": ..., \"SecretAccessKey\": ..., "
        "\"SessionToken\": ..., \"Expiration\": ...}, the last two where they apply";
    return tl::unexpected(std::move(error));
  }
  return keys;
}

}  // namespace spotvane::adapters
