#include "market/market_archive.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace spotvane::market {

namespace {

constexpr std::string_view kCycleStem = "cycle-";
constexpr std::string_view kDayStem = "day";

/// `stem`.parquet in the day's folder, or `stem`-2.parquet and so on where that is taken.
std::string free_path(const std::vector<LakeFile>& files, Day day, const std::string& stem) {
  for (int number = 1;; ++number) {
    auto path = number == 1 ? fmt::format("day={}/{}.parquet", to_iso8601(day), stem)
                            : fmt::format("day={}/{}-{}.parquet", to_iso8601(day), stem, number);
    if (std::none_of(files.begin(), files.end(),
                     [&](const LakeFile& file) { return file.path == path; })) {
      return path;
    }
  }
}

bool is_of_day(const LakeFile& file, Day day) {
  return file.path.starts_with(fmt::format("day={}/", to_iso8601(day)));
}

/// Compaction removes a day's earlier files only after the one that replaces them counts.
Lake::IsSuperseded superseded_by(const std::vector<LakeFile>& live) {
  return [&live](const std::string& path) {
    const auto folder = path.substr(0, path.rfind('/') + 1);
    const auto has_stem = [&](const std::string& other, std::string_view stem) {
      return other.starts_with(folder) &&
             std::string_view{other}.substr(folder.size()).starts_with(stem);
    };
    const bool is_ours = has_stem(path, kCycleStem) || has_stem(path, kDayStem);
    return is_ours && std::any_of(live.begin(), live.end(), [&](const LakeFile& file) {
             return has_stem(file.path, kDayStem);
           });
  };
}

Result<std::size_t> sweep(Lake& lake, const std::vector<LakeFile>& live) {
  return lake.sweep(live, superseded_by(live));
}

std::string cycle_stem(TimePoint cycle) {
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(cycle - day_of(cycle))};
  return fmt::format("{}{:02}{:02}{:02}", kCycleStem, time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

Result<void> stage_changes(StateStore& state, Lake& lake, CycleRecord& record,
                           const std::vector<model::MarketChange>& changes) {
  if (changes.empty()) {
    return {};
  }
  return state.files().and_then([&](const std::vector<LakeFile>& files) {
    const auto path = free_path(files, day_of(record.cycle), cycle_stem(record.cycle));
    return lake.stage(path, changes).map([&](LakeFile file) { record.file = std::move(file); });
  });
}

}  // namespace

Result<ArchiveRecovery> recover_archive(StateStore& state, Lake& lake) {
  const auto files = state.files();
  if (!files) {
    return tl::unexpected(files.error());
  }
  for (const auto& file : *files) {
    if (auto shown = lake.publish(file); !shown) {
      return tl::unexpected(std::move(shown.error()).during("recover archive"));
    }
  }
  auto swept = sweep(lake, *files);
  if (!swept) {
    return tl::unexpected(std::move(swept.error()).during("recover archive"));
  }
  return ArchiveRecovery{.published = files->size(), .swept = *swept};
}

Result<bool> has_rows(StateStore& state, Lake& lake) {
  return read_archive<bool>(state, [&](const std::vector<LakeFile>& files) -> Result<bool> {
    if (!files.empty()) {
      return true;
    }
    return lake.check_known(files, superseded_by(files)).map([] { return false; });
  });
}

Result<std::vector<model::MarketChange>> market_at(StateStore& state, Lake& lake,
                                                   TimePoint moment) {
  return read_archive<std::vector<model::MarketChange>>(
      state, [&](const std::vector<LakeFile>& files) { return lake.state_at(files, moment); });
}

StoredCycle store_cycle(StateStore& state, Lake& lake, CycleRecord record,
                        const std::vector<model::MarketChange>& changes) {
  StoredCycle stored{.record = std::move(record)};
  stored.record.changes = changes.size();
  stored.result = stage_changes(state, lake, stored.record, changes).and_then([&] {
    return state.commit_cycle(stored.record);
  });
  if (!stored.result) {
    return stored;
  }
  stored.is_stored = true;
  if (stored.record.file) {
    stored.result = lake.publish(*stored.record.file);
  }
  return stored;
}

Result<Compaction> compact_day(StateStore& state, Lake& lake, Day day) {
  auto files = state.files();
  if (!files) {
    return tl::unexpected(files.error());
  }
  std::vector<LakeFile> inputs;
  std::copy_if(files->begin(), files->end(), std::back_inserter(inputs),
               [&](const LakeFile& file) { return is_of_day(file, day); });
  Compaction done{.files_before = inputs.size(), .files_after = inputs.size()};
  for (const auto& input : inputs) {
    done.rows += input.rows;
  }
  if (inputs.size() < 2) {
    return done;
  }

  const auto activity = fmt::format("compact archive day '{}'", to_iso8601(day));
  const auto merged =
      lake.stage_merged(free_path(*files, day, std::string{kDayStem}), inputs, RowOrder::ByTime);
  if (!merged) {
    return tl::unexpected(Error{merged.error()}.during(activity));
  }
  if (merged->rows != done.rows) {
    return fail(ErrorKind::Corrupt, "{}: {} rows became {}", activity, done.rows, merged->rows);
  }
  auto result = state.replace_files(inputs, {*merged})
                    .and_then([&] { return lake.publish(*merged); })
                    .and_then([&] { return state.files(); })
                    .and_then([&](const std::vector<LakeFile>& live) { return sweep(lake, live); });
  if (!result) {
    return tl::unexpected(std::move(result.error()).during(activity));
  }
  done.files_after = 1;
  return done;
}

Result<std::vector<Day>> days_to_compact(StateStore& state, Day before) {
  return state.files().map([&](const std::vector<LakeFile>& files) {
    std::map<Day, int> counts;
    for (const auto& file : files) {
      const auto day = parse_day(file.path.size() < 14 ? "" : file.path.substr(4, 10));
      if (file.path.starts_with("day=") && day && *day < before) {
        ++counts[*day];
      }
    }
    std::vector<Day> days;
    for (const auto& [day, count] : counts) {
      if (count > 1) {
        days.push_back(day);
      }
    }
    return days;
  });
}

}  // namespace spotvane::market
