#pragma once

#include "adapters/aws/credentials_source.hpp"
#include "adapters/aws/refreshing_credentials.hpp"
#include "ports/process_runner.hpp"

namespace spotvane::adapters {

/// The keys that a program prints.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class KeyProcessFetcher final : public KeyFetcher {
 public:
  KeyProcessFetcher(KeyProcess process, ProcessRunner& runner);

  void fetch(On<SessionKeys> on_keys) override;

 private:
  Result<SessionKeys> read(Result<ProcessExit> exit) const;

  KeyProcess process_;
  ProcessRunner& runner_;
};

}  // namespace spotvane::adapters
