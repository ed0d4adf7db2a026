#include "market/market_archive.hpp"

#include "market/archive_paths.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace spotvane::market {

namespace {

/// What is to become one file, and why.
struct Merge {
  std::vector<LakeFile> inputs;
  std::string path;
  RowOrder order;
  std::string activity;
};

/// Where it stops half way, either all inputs count or what they became.
Result<Compaction> merge_files(StateStore& state, Lake& lake, const Merge& merge) {
  Compaction done{.files_before = merge.inputs.size(), .files_after = 1};
  for (const auto& input : merge.inputs) {
    done.rows += input.rows;
  }
  const auto merged = lake.stage_merged(merge.path, merge.inputs, merge.order);
  if (!merged) {
    return tl::unexpected(Error{merged.error()}.during(merge.activity));
  }
  if (merged->rows != done.rows) {
    return fail(ErrorKind::Corrupt, "{}: {} rows became {}", merge.activity, done.rows,
                merged->rows);
  }
  auto result = state.replace_files(merge.inputs, {*merged})
                    .and_then([&] { return lake.publish(*merged); })
                    .and_then([&] { return state.files(); })
                    .and_then([&](const std::vector<LakeFile>& live) {
                      return lake.sweep(live, superseded_by(live));
                    });
  if (!result) {
    return tl::unexpected(std::move(result.error()).during(merge.activity));
  }
  return done;
}

/// The files whose path says what `is_wanted` wants to hear.
template <typename Predicate>
std::vector<LakeFile> files_where(const std::vector<LakeFile>& files, Predicate is_wanted) {
  std::vector<LakeFile> chosen;
  std::copy_if(files.begin(), files.end(), std::back_inserter(chosen), [&](const LakeFile& file) {
    const auto path = parse_archive_path(file.path);
    return path && is_wanted(*path);
  });
  return chosen;
}

Compaction left_alone(const std::vector<LakeFile>& files) {
  return {.files_before = files.size(),
          .files_after = files.size(),
          .rows = files.empty() ? 0 : files.front().rows};
}

/// Whether nothing is left to merge of a month that has these files.
bool is_whole_month(const std::vector<LakeFile>& files) {
  return files.size() == 1 &&
         parse_archive_path(files.front().path)->kind == ArchivePath::Kind::Month;
}

bool is_finished(Month month, Day before) {
  return Day{(month + std::chrono::months{1}) / 1} <= before;
}

Result<void> stage_changes(StateStore& state, Lake& lake, CycleRecord& record,
                           const std::vector<model::MarketChange>& changes) {
  if (changes.empty()) {
    return {};
  }
  return state.files().and_then([&](const std::vector<LakeFile>& files) {
    const auto path = free_cycle_path(files, record.cycle);
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
  auto swept = lake.sweep(*files, superseded_by(*files));
  if (!swept) {
    return tl::unexpected(std::move(swept.error()).during("recover archive"));
  }
  return ArchiveRecovery{.published = files->size(), .swept = *swept};
}

Result<void> check_known(StateStore& state, Lake& lake) {
  return read_archive<void>(state, [&](const std::vector<LakeFile>& files) {
    return lake.check_known(files, superseded_by(files));
  });
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
  const auto files = state.files();
  if (!files) {
    return tl::unexpected(files.error());
  }
  auto inputs = files_where(*files, [&](const ArchivePath& path) { return path.day == day; });
  if (inputs.size() < 2) {
    return left_alone(inputs);
  }
  return merge_files(state, lake,
                     {.inputs = std::move(inputs),
                      .path = free_day_path(*files, day),
                      .order = RowOrder::ByTime,
                      .activity = fmt::format("compact archive day '{}'", to_iso8601(day))});
}

Result<Compaction> compact_month(StateStore& state, Lake& lake, Month month) {
  const auto files = state.files();
  if (!files) {
    return tl::unexpected(files.error());
  }
  auto inputs = files_where(*files, [&](const ArchivePath& path) { return path.month == month; });
  if (inputs.empty() || is_whole_month(inputs)) {
    return left_alone(inputs);
  }
  return merge_files(state, lake,
                     {.inputs = std::move(inputs),
                      .path = free_month_path(*files, month),
                      .order = RowOrder::ByPool,
                      .activity = fmt::format("compact archive month '{}'", to_iso8601(month))});
}

Result<std::vector<Day>> days_to_compact(StateStore& state, Day before) {
  return state.files().map([&](const std::vector<LakeFile>& files) {
    std::map<Day, int> counts;
    for (const auto& file : files) {
      const auto path = parse_archive_path(file.path);
      if (path && path->day && *path->day < before) {
        ++counts[*path->day];
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

Result<std::vector<Month>> months_to_compact(StateStore& state, Day before) {
  return state.files().map([&](const std::vector<LakeFile>& files) {
    std::map<Month, std::vector<LakeFile>> finished;
    for (const auto& file : files) {
      const auto path = parse_archive_path(file.path);
      if (path && is_finished(path->month, before)) {
        finished[path->month].push_back(file);
      }
    }
    std::vector<Month> months;
    for (const auto& [month, its_files] : finished) {
      if (!is_whole_month(its_files)) {
        months.push_back(month);
      }
    }
    return months;
  });
}

}  // namespace spotvane::market
