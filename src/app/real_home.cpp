#include "app/real_home.hpp"

#include "adapters/lake/duckdb_lake.hpp"
#include "adapters/lake/duckdb_probe_archive.hpp"
#include "adapters/sql/home_mark.hpp"
#include "adapters/sql/postgres_state.hpp"
#include "adapters/sql/sqlite_state.hpp"
#include "adapters/system/entropy.hpp"
#include "adapters/system/home_lock.hpp"

#include <optional>
#include <system_error>
#include <utility>

namespace spotvane::app {

namespace {

namespace fs = std::filesystem;
using Opened = Result<std::unique_ptr<cli::Home>>;

class RealHome final : public cli::Home {
 public:
  RealHome(bool is_writable, std::optional<adapters::HomeLock> lock,
           std::unique_ptr<StateStore> state, std::unique_ptr<Lake> lake, const fs::path& probes)
      : is_writable_{is_writable},
        lock_{std::move(lock)},
        state_{std::move(state)},
        lake_{std::move(lake)},
        probe_archive_{probes} {}

  StateStore& state() override { return *state_; }
  Lake& lake() override { return *lake_; }
  ProbeArchive& probe_archive() override { return probe_archive_; }
  bool is_writable() const override { return is_writable_; }

 private:
  bool is_writable_;
  std::optional<adapters::HomeLock> lock_;
  std::unique_ptr<StateStore> state_;
  std::unique_ptr<Lake> lake_;
  adapters::DuckdbProbeArchive probe_archive_;
};

fs::path probes_in(const fs::path& folder) {
  return folder / "probes";
}

std::unique_ptr<Lake> lake_in(const fs::path& folder, const fs::path& spill_root = {}) {
  return std::make_unique<adapters::DuckdbLake>(folder / "archive", spill_root, probes_in(folder));
}

/// What is left of a home without its database.
Error no_home(const fs::path& folder) {
  adapters::DuckdbLake lake{folder / "archive"};
  // Rows that nobody lists are worth more than the word that there are none.
  auto known = lake.check_known({}, [](const std::string& /*path*/) { return false; });
  if (!known) {
    return std::move(known.error());
  }
  return {
      ErrorKind::NotFound,
      fmt::format("there is nothing in home '{}': it has no state.db", folder.native()),
      "`spotvane collect` makes one, or `spotvane catalog sync`; or name another home by --home"};
}

Opened open_own_to_read(const fs::path& folder) {
  const auto database = folder / "state.db";
  std::error_code failure;
  if (!fs::exists(database, failure) && !failure) {
    return tl::unexpected(no_home(folder));
  }
  auto state = adapters::open_sqlite_state_to_read(database);
  if (!state) {
    return tl::unexpected(std::move(state.error()));
  }
  const bool is_writable = (*state)->can_be_written();
  const auto spill_root = is_writable ? fs::path{} : fs::temp_directory_path(failure);
  return std::make_unique<RealHome>(is_writable, std::nullopt, std::move(*state),
                                    lake_in(folder, spill_root), probes_in(folder));
}

/// What keeps others out, as far as the use asks for it.
Result<std::optional<adapters::HomeLock>> take_lock(const fs::path& folder, cli::HomeUse use) {
  if (use != cli::HomeUse::Exclusive && use != cli::HomeUse::Probing) {
    return std::optional<adapters::HomeLock>{};
  }
  const auto place = use == cli::HomeUse::Probing ? probes_in(folder) : folder;
  return adapters::HomeLock::take(place).map(
      [](adapters::HomeLock&& lock) { return std::optional{std::move(lock)}; });
}

/// With its own database.
Opened open_own(const fs::path& folder, cli::HomeUse use) {
  if (auto unmarked = adapters::check_unmarked(folder); !unmarked) {
    return tl::unexpected(std::move(unmarked.error()));
  }
  if (use == cli::HomeUse::ReadOnly) {
    return open_own_to_read(folder);
  }
  auto lock = take_lock(folder, use);
  if (!lock) {
    return tl::unexpected(std::move(lock.error()));
  }
  auto state = adapters::open_sqlite_state(folder / "state.db");
  if (!state) {
    return tl::unexpected(std::move(state.error()));
  }
  return std::make_unique<RealHome>(true, std::move(*lock), std::move(*state), lake_in(folder),
                                    probes_in(folder));
}

adapters::PostgresUse use_of(cli::HomeUse use) {
  switch (use) {
    case cli::HomeUse::ReadOnly:
      return adapters::PostgresUse::ReadOnly;
    case cli::HomeUse::Shared:
    case cli::HomeUse::Probing:
      return adapters::PostgresUse::Shared;
    case cli::HomeUse::Exclusive:
      break;
  }
  return adapters::PostgresUse::Exclusive;
}

/// Who has to wait for its turn should not learn only then that the home is the wrong one.
Error busy_or_wrong(const fs::path& folder, const std::string& url, Error busy) {
  const auto state = adapters::open_postgres_state(url, adapters::PostgresUse::ReadOnly);
  if (state) {
    if (auto fits = adapters::check_mark(folder, **state); !fits) {
      return std::move(fits.error());
    }
  }
  return busy;
}

/// With the database that it shares with homes on other hosts; they are all one folder.
Opened open_shared(const cli::HomePlace& place, cli::HomeUse use) {
  const auto& folder = place.folder;
  auto lock = use == cli::HomeUse::Probing ? take_lock(folder, use)
                                           : Result<std::optional<adapters::HomeLock>>{};
  if (!lock) {
    return tl::unexpected(std::move(lock.error()));
  }
  auto state = adapters::open_postgres_state(*place.state_url, use_of(use));
  if (!state) {
    return tl::unexpected(state.error().kind == ErrorKind::Busy
                              ? busy_or_wrong(folder, *place.state_url, std::move(state.error()))
                              : std::move(state.error()));
  }
  std::error_code failure;
  const bool only_reads = use == cli::HomeUse::ReadOnly;
  auto lake = lake_in(folder, only_reads ? fs::temp_directory_path(failure) : fs::path{});
  const auto id = fmt::format("{:016x}{:016x}", adapters::entropy(), adapters::entropy());
  auto fits = use == cli::HomeUse::Exclusive ? adapters::mark_home(folder, **state, *lake, id)
              : place.is_state_alone         ? adapters::check_no_others(folder, **state)
                                             : adapters::check_mark(folder, **state);
  if (!fits) {
    return tl::unexpected(std::move(fits.error()));
  }
  const bool is_writable = !only_reads || (*state)->can_be_written();
  return std::make_unique<RealHome>(is_writable, std::move(*lock), std::move(*state),
                                    std::move(lake), probes_in(folder));
}

}  // namespace

Result<std::unique_ptr<cli::Home>> open_real_home(const cli::HomePlace& place, cli::HomeUse use) {
  return place.state_url ? open_shared(place, use) : open_own(place.folder, use);
}

}  // namespace spotvane::app
