#include "market/collector_memory.hpp"

#include "base/number.hpp"
#include "base/split.hpp"
#include "market/advised_types.hpp"
#include "market/latest_market.hpp"
#include "market/market_archive.hpp"
#include "market/zone_names.hpp"

#include <string>
#include <string_view>

namespace spotvane::market {

namespace {

constexpr auto kAdvisorNote = "advisor";
constexpr auto kOnDemandNote = "on_demand/";
constexpr auto kSweepNote = "sweep";

std::string region_list(const std::set<model::Region>& regions) {
  return fmt::format("{}", fmt::join(regions, ","));
}

std::set<model::Region> parse_region_list(std::string_view text) {
  std::set<model::Region> regions;
  for (const auto name : split(text, ',')) {
    regions.emplace(std::string{name});
  }
  return regions;
}

/// "2026-08-01 10".
std::optional<SweepPlace> parse_sweep_place(std::string_view text) {
  const auto parts = split(text, ' ');
  if (parts.size() != 2) {
    return std::nullopt;
  }
  const auto day = parse_day(parts[0]);
  const auto capacity = parse_integer(parts[1]);
  return day && capacity ? std::optional{SweepPlace{*day, static_cast<int>(*capacity)}}
                         : std::nullopt;
}

}  // namespace

Result<void> remember(StateStore& state, Lake& lake, CollectorMemory& memory) {
  const auto latest = state.latest_cycle();
  if (!latest) {
    return tl::unexpected(latest.error());
  }
  if (!*latest) {
    return {};
  }
  memory.latest_cycle = **latest;
  const auto sweep = state.note(kSweepNote);
  if (!sweep) {
    return tl::unexpected(sweep.error());
  }
  memory.sweep_turn = parse_sweep_place(sweep->value_or(""));
  const auto rows = market_at(state, lake, memory.latest_cycle);
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  if (rows->empty()) {
    return {};  // then what the sources said before does not help either
  }
  memory.picture.restore(*rows);
  std::set<model::Region> regions;
  for (const auto& row : *rows) {
    regions.insert(row.pool.region);
  }
  memory.regions = regions;

  const auto advisor = state.note(kAdvisorNote);
  const auto types = advised_types(state);
  if (!advisor || !types) {
    return tl::unexpected(!advisor ? advisor.error() : types.error());
  }
  // Where the types were not kept, by an older program, the advisor must say all of it again.
  const auto known = *types ? advisor->value_or("") : std::string{};
  if (const auto parts = split(known, '\n'); parts.size() == 3) {
    memory.advisor.etag = parts[0];
    memory.advisor.last_modified = parts[1];
    memory.advisor_regions = parse_region_list(parts[2]);
  }
  for (const auto& region : regions) {
    const auto note = state.note(kOnDemandNote + region.text());
    if (!note) {
      return tl::unexpected(note.error());
    }
    if (const auto day = parse_day(note->value_or("")); day) {
      memory.on_demand_read[region] = *day;
    }
  }
  return {};
}

Result<void> save_notes(StateStore& state, const CollectorMemory& memory, const SourcesRead& read) {
  if (read.has_new_advice) {
    const auto text = fmt::format("{}\n{}\n{}", memory.advisor.etag, memory.advisor.last_modified,
                                  region_list(memory.advisor_regions));
    auto saved = save_advised_types(state, read.advised_types).and_then([&] {
      return state.save_note(kAdvisorNote, text);
    });
    if (!saved) {
      return saved;
    }
  }
  for (const auto& [region, zones] : read.zones) {
    if (auto saved = save_zones(state, region, zones); !saved) {
      return saved;
    }
  }
  if (read.has_swept && memory.sweep_turn) {
    const auto text =
        fmt::format("{} {}", to_iso8601(memory.sweep_turn->day), memory.sweep_turn->capacity);
    if (auto saved = state.save_note(kSweepNote, text); !saved) {
      return saved;
    }
  }
  for (const auto& region : read.on_demand) {
    const auto day = to_iso8601(memory.on_demand_read.at(region));
    if (auto saved = state.save_note(kOnDemandNote + region.text(), day); !saved) {
      return saved;
    }
  }
  return save_latest_market(state, memory.latest_cycle, memory.picture);
}

Result<void> forget_notes(StateStore& state, const std::set<model::Region>& regions) {
  auto forgotten =
      state.save_note(kAdvisorNote, "").and_then([&] { return forget_latest_market(state); });
  for (const auto& region : regions) {
    forgotten =
        forgotten.and_then([&] { return state.save_note(kOnDemandNote + region.text(), ""); });
  }
  return forgotten;
}

}  // namespace spotvane::market
