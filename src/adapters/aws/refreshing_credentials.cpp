#include "adapters/aws/refreshing_credentials.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

constexpr Duration kAdvisory = std::chrono::minutes{15};
constexpr Duration kMandatory = std::chrono::minutes{10};
constexpr Duration kBetweenRefreshes = std::chrono::minutes{1};

}  // namespace

RefreshingCredentials::RefreshingCredentials(std::unique_ptr<KeyFetcher> fetcher, Options options,
                                             Timers& timers, const Clock& clock)
    : fetcher_{std::move(fetcher)}, options_{options}, timers_{timers}, clock_{clock} {}

void RefreshingCredentials::provide(On<wire::SigningKeys> on_keys) {
  const auto needed = need();
  if (needed == Need::Mandatory) {
    waiting_.push_back(std::move(on_keys));
  } else {
    timers_.after(Duration{0},
                  [keys = held_->keys, on_keys = std::move(on_keys)] { on_keys(keys); });
  }
  if (needed != Need::None && !is_fetching_) {
    fetch();
  }
}

bool RefreshingCredentials::renew() {
  // Many requests may have gone out with the old keys: those fetched since are not to blame.
  were_refused_ = were_refused_ || clock_.now() >= held_since_ + kBetweenRefreshes;
  return true;
}

std::optional<TimePoint> RefreshingCredentials::expires() const {
  return held_ ? held_->expires : std::nullopt;
}

bool RefreshingCredentials::are_held_keys_good() const {
  if (!held_) {
    return false;
  }
  return options_.outlast_expiry ||
         (!were_refused_ && (!held_->expires || clock_.now() < *held_->expires));
}

RefreshingCredentials::Need RefreshingCredentials::need() const {
  if (!held_ || were_refused_) {
    return Need::Mandatory;
  }
  if (!held_->expires || *held_->expires - clock_.now() >= kAdvisory) {
    return Need::None;
  }
  // Some hand out keys for less than a quarter of an hour: not anew for every request.
  if (clock_.now() < next_attempt_ && are_held_keys_good()) {
    return Need::None;
  }
  return *held_->expires - clock_.now() >= kMandatory ? Need::Advisory : Need::Mandatory;
}

void RefreshingCredentials::fetch() {
  is_fetching_ = true;
  fetcher_->fetch([this](Result<SessionKeys> fetched) { finish(std::move(fetched)); });
}

void RefreshingCredentials::finish(Result<SessionKeys> fetched) {
  is_fetching_ = false;
  const auto now = clock_.now();
  if (fetched && fetched->expires && *fetched->expires <= now && !options_.outlast_expiry) {
    fetched = tl::unexpected(
        Error{ErrorKind::Denied,
              fmt::format("the AWS credentials just fetched had expired at {}",
                          to_iso8601(*fetched->expires)),
              "sign in anew where they come from, and check that the clock of this machine is "
              "right"});
  }
  next_attempt_ = now + kBetweenRefreshes;
  if (fetched) {
    held_ = std::move(*fetched);
    held_since_ = now;
    were_refused_ = false;
  }
  const bool is_good = are_held_keys_good();
  // What outlasts its expiry goes on whatever AWS says: there is nothing better.
  were_refused_ = were_refused_ && !is_good;
  const auto keys = is_good ? Result<wire::SigningKeys>{held_->keys}
                            : Result<wire::SigningKeys>{tl::unexpected(fetched.error())};
  for (const auto& on_keys : std::exchange(waiting_, {})) {
    on_keys(keys);
  }
}

}  // namespace spotvane::adapters
