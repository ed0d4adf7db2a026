#include "market/archive_check.hpp"

#include "market/collector_memory.hpp"
#include "market/market_archive.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace spotvane::market {

namespace {

bool is_damage(const CheckedFile& one) {
  return one.damage.has_value();
}

/// The regions that the rest of the archive has.
Result<std::set<model::Region>> regions_of(Lake& lake, const ArchiveCheck& check) {
  std::vector<LakeFile> whole;
  for (const auto& one : check.files) {
    if (!is_damage(one)) {
      whole.push_back(one.file);
    }
  }
  return lake.state_at(whole, TimePoint::max())
      .map([](const std::vector<model::MarketChange>& rows) {
        std::set<model::Region> regions;
        for (const auto& row : rows) {
          regions.insert(row.pool.region);
        }
        return regions;
      });
}

}  // namespace

bool ArchiveCheck::is_sound() const {
  return !strangers && std::none_of(files.begin(), files.end(), is_damage);
}

Result<ArchiveCheck> check_archive(
    StateStore& state, Lake& lake,
    const std::function<void(std::size_t done, std::size_t total)>& on_progress) {
  const auto files = state.files();
  if (!files) {
    return tl::unexpected(files.error());
  }
  ArchiveCheck check;
  for (const auto& file : *files) {
    auto whole = lake.verify(file);
    if (!whole && whole.error().kind != ErrorKind::Corrupt) {
      return tl::unexpected(std::move(whole.error()));
    }
    check.files.push_back({file, whole ? std::nullopt : std::optional{std::move(whole.error())}});
    on_progress(check.files.size(), files->size());
  }
  const auto files_now = state.files();
  auto lost = state.lost_files();
  if (!files_now || !lost) {
    return tl::unexpected(files_now ? lost.error() : files_now.error());
  }
  std::erase_if(check.files, [&](const CheckedFile& one) {
    return is_damage(one) &&
           std::find(files_now->begin(), files_now->end(), one.file) == files_now->end();
  });
  if (auto known = check_known(state, lake); !known) {
    if (known.error().kind != ErrorKind::Corrupt) {
      return tl::unexpected(std::move(known.error()));
    }
    check.strangers = std::move(known.error());
  }
  check.lost = std::move(*lost);
  return check;
}

Result<std::vector<LostFile>> give_up_damaged(StateStore& state, Lake& lake,
                                              const ArchiveCheck& check, TimePoint now) {
  std::vector<LostFile> lost;
  for (const auto& [file, damage] : check.files) {
    if (damage) {
      lost.push_back({file, now, damage->message});
    }
  }
  if (lost.empty()) {
    return lost;
  }
  // What was last heard is compared with what a source says next: it must not be what was lost.
  auto done = regions_of(lake, check).and_then([&](const std::set<model::Region>& regions) {
    return forget_notes(state, regions);
  });
  // Out of the way before out of the list: a file that nobody lists stops every collector, one that
  // is listed and missing is given up the next time.
  for (const auto& one : lost) {
    done = done.and_then([&] { return lake.set_aside(one.file); });
  }
  return done.and_then([&] { return state.give_up_files(lost); }).map([&] {
    return std::move(lost);
  });
}

}  // namespace spotvane::market
