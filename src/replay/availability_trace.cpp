#include "replay/availability_trace.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

namespace spotvane::replay {

namespace {

using nlohmann::json;

/// Longer than any trace's, and short enough to count ticks of it in milliseconds.
constexpr double kLongestGapSeconds = 7 * 24 * 3600;

/// The one document that `text` holds.
Result<json> parse_only_document(std::string_view text) {
  auto document = json::parse(text, nullptr, false);
  if (!document.is_discarded()) {
    return document;
  }
  try {
    return json::parse(text);
  } catch (const json::parse_error& error) {
    const auto before = text.substr(0, error.byte > 0 ? error.byte - 1 : 0);
    if (json::accept(before)) {
      return fail(ErrorKind::Corrupt, "a second JSON document begins at byte {}", error.byte);
    }
    return fail(ErrorKind::Corrupt, "not JSON at byte {}: '{}'", error.byte,
                text.substr(before.size(), 12));
  }
}

Result<Duration> gap_of(const json& document) {
  const auto metadata = document.find("metadata");
  const auto* gap =
      metadata != document.end() && metadata->is_object() && metadata->contains("gap_seconds")
          ? &(*metadata)["gap_seconds"]
          : nullptr;
  if (gap == nullptr || !gap->is_number()) {
    return fail(ErrorKind::Corrupt, "'metadata.gap_seconds' is missing or not a number");
  }
  const auto seconds = gap->get<double>();
  if (!(seconds >= 0.001 && seconds <= kLongestGapSeconds)) {
    return fail(ErrorKind::Corrupt, "'metadata.gap_seconds' must be between 0.001 and {}, got {}",
                kLongestGapSeconds, seconds);
  }
  return Duration{std::llround(seconds * 1000)};
}

Result<std::uint8_t> tick_of(const json& value, std::size_t tick, TraceConvention convention) {
  if (!value.is_number()) {
    return fail(ErrorKind::Corrupt, "'data' has '{}' at tick {}, where a number is expected",
                value.dump(), tick);
  }
  const auto count = value.get<double>();
  if (count < 0 || count != std::floor(count)) {
    return fail(ErrorKind::Corrupt, "'data' has {} at tick {}, where a count is expected", count,
                tick);
  }
  if (convention.ones == TraceConvention::Ones::Available) {
    return count >= convention.nodes ? 1 : 0;
  }
  if (count > 1) {
    return tl::unexpected(
        Error{ErrorKind::Corrupt,
              fmt::format("'data' has {} at tick {}: where 1 means preempted there is nothing but "
                          "0 and 1",
                          count, tick),
              "a trace of counts says how many were available: '--ones available'"});
  }
  return count == 0 ? 1 : 0;
}

Result<AvailabilityTrace> read_trace(TextFiles& files, const std::filesystem::path& file,
                                     TraceConvention convention) {
  return read_whole(files, file)
      .and_then([&](const std::string& text) {
        return parse_trace(file.stem().string(), text, convention);
      })
      .map_error([&](Error error) {
        return std::move(error).during(fmt::format("read trace '{}'", file.string()));
      });
}

Result<Window> parse_window(std::string_view line) {
  const auto fields = split(line, ',');
  if (fields.size() != 4 || fields[0].empty()) {
    return fail(ErrorKind::Corrupt, "expected 'zone,i,start,end', got '{}'", line);
  }
  std::array<std::int64_t, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto number = parse_integer(fields[i + 1]);
    if (!number || *number < 0) {
      return fail(ErrorKind::Corrupt, "expected whole numbers of at least 0, got '{}'", line);
    }
    numbers[i] = *number;
  }
  const auto [i, begin, end] = numbers;
  if (begin >= end) {
    return fail(ErrorKind::Corrupt, "the window ends at tick {}, but starts at {}", end, begin);
  }
  return Window{std::string{fields[0]}, i, static_cast<std::size_t>(begin),
                static_cast<std::size_t>(end)};
}

}  // namespace

double AvailabilityTrace::availability() const {
  const auto ticks = std::accumulate(available.begin(), available.end(), std::size_t{0});
  return available.empty() ? 0 : static_cast<double>(ticks) / static_cast<double>(available.size());
}

Result<AvailabilityTrace> parse_trace(std::string zone, std::string_view text,
                                      TraceConvention convention) {
  const auto document = parse_only_document(text);
  if (!document) {
    return tl::unexpected(document.error());
  }
  if (!document->is_object()) {
    return fail(ErrorKind::Corrupt, "expected an object with 'metadata' and 'data'");
  }
  const auto gap = gap_of(*document);
  if (!gap) {
    return tl::unexpected(gap.error());
  }
  const auto data = document->find("data");
  if (data == document->end() || !data->is_array() || data->empty()) {
    return fail(ErrorKind::Corrupt, "'data' is missing, empty or not a list");
  }
  AvailabilityTrace trace{.zone = std::move(zone), .gap = *gap, .available = {}};
  trace.available.reserve(data->size());
  for (const auto& value : *data) {
    const auto tick = tick_of(value, trace.available.size(), convention);
    if (!tick) {
      return tl::unexpected(tick.error());
    }
    trace.available.push_back(*tick);
  }
  return trace;
}

Result<std::vector<AvailabilityTrace>> read_traces(TextFiles& files,
                                                   const std::filesystem::path& path,
                                                   TraceConvention convention) {
  std::vector<std::filesystem::path> paths;
  if (const auto listing = files.list(path)) {
    for (const auto& file : listing->files) {
      if (file.extension() == ".json" && !file.has_parent_path()) {
        paths.push_back(path / file);
      }
    }
  } else if (listing.error().kind == ErrorKind::InvalidInput) {
    paths.push_back(path);
  } else {
    return tl::unexpected(Error{listing.error()}.during("read traces"));
  }
  if (paths.empty()) {
    return tl::unexpected(Error{ErrorKind::NotFound,
                                fmt::format("no trace lies in '{}'", path.string()),
                                "name a folder that holds files '<zone>.json', or one such file"});
  }
  std::vector<AvailabilityTrace> traces;
  for (const auto& file : paths) {
    auto trace = read_trace(files, file, convention);
    if (!trace) {
      return tl::unexpected(trace.error());
    }
    traces.push_back(std::move(*trace));
  }
  return traces;
}

Result<std::vector<Window>> parse_windows(std::string_view csv) {
  std::vector<Window> windows;
  std::set<std::pair<std::string, std::int64_t>> seen;
  std::size_t number = 0;
  for (auto line : split(csv, '\n')) {
    ++number;
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (number == 1) {
      if (line != "zone,i,start,end") {
        return fail(ErrorKind::Corrupt, "line 1: expected the columns 'zone,i,start,end', got '{}'",
                    line);
      }
      continue;
    }
    if (line.empty()) {
      continue;
    }
    auto window = parse_window(line);
    if (!window) {
      return tl::unexpected(Error{window.error()}.during(fmt::format("line {}", number)));
    }
    if (!seen.emplace(window->zone, window->i).second) {
      return fail(ErrorKind::Corrupt, "line {}: window {} of '{}' comes twice", number, window->i,
                  window->zone);
    }
    windows.push_back(std::move(*window));
  }
  if (windows.empty()) {
    return fail(ErrorKind::Corrupt, "there is no window in it");
  }
  return windows;
}

}  // namespace spotvane::replay
