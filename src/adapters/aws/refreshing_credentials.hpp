#pragma once

#include "adapters/aws/credentials.hpp"
#include "adapters/aws/key_documents.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace spotvane::adapters {

/// Somebody who hands out keys for a while.
class KeyFetcher {
 public:
  virtual ~KeyFetcher() = default;

  /// New keys. `Denied` where there are none to be had, `Unavailable` where nobody could be asked.
  virtual void fetch(On<SessionKeys> on_keys) = 0;
};

/// Keys that are fetched anew before they expire, once for all who ask.
///
/// From a quarter of an hour before they expire new ones are fetched while the old are in use; from
/// ten minutes before, who asks waits for the new ones. Where that fails the old ones go on as long
/// as they last, and a minute passes before the next attempt.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class RefreshingCredentials final : public CredentialsProvider {
 public:
  struct Options {
    /// Whether keys go on when they have expired and there are no others: who hands out those of an
    /// instance may extend them, and AWS knows.
    bool outlast_expiry = false;
  };

  RefreshingCredentials(std::unique_ptr<KeyFetcher> fetcher, Options options, Timers& timers,
                        const Clock& clock);

  void provide(On<wire::SigningKeys> on_keys) override;
  bool renew() override;
  std::optional<TimePoint> expires() const override;

 private:
  enum class Need : std::uint8_t { None, Advisory, Mandatory };

  Need need() const;
  bool are_held_keys_good() const;
  void fetch();
  void finish(Result<SessionKeys> fetched);

  std::unique_ptr<KeyFetcher> fetcher_;
  Options options_;
  Timers& timers_;
  const Clock& clock_;
  std::optional<SessionKeys> held_;
  TimePoint held_since_ = {};
  TimePoint next_attempt_ = {};
  bool were_refused_ = false;  // AWS did not take those held
  bool is_fetching_ = false;
  std::vector<On<wire::SigningKeys>> waiting_;
};

}  // namespace spotvane::adapters
