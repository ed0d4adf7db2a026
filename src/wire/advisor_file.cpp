#include "wire/advisor_file.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <utility>

namespace spotvane::wire {

namespace {

using nlohmann::json;

constexpr int kBands = 5;

std::optional<int> integer_of(const json& object, const char* name, int least, int most) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) {
    return std::nullopt;
  }
  // A number too large to be signed would turn negative.
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > 1'000'000) {
    return std::nullopt;
  }
  const auto value = found->get<std::int64_t>();
  return value >= least && value <= most ? std::optional{static_cast<int>(value)} : std::nullopt;
}

/// Where the bad entry is a whole region or system, it counts as one.
void read_types(const std::string& region, const std::string& os, const json& types,
                AdvisorFile& file) {
  for (const auto& [type, entry] : types.items()) {
    const bool is_entry = entry.is_object() && !type.empty();
    const auto band = is_entry ? integer_of(entry, "r", 0, kBands - 1) : std::nullopt;
    // Savings below -1000 % have never been seen; 100 % would be free.
    const auto savings = is_entry ? integer_of(entry, "s", -1000, 100) : std::nullopt;
    if (!band || !savings) {
      ++file.bad_rows;
      continue;
    }
    file.rows.push_back({region, os, type, *band, *savings});
  }
}

/// Nothing depends on these: a file without them is as good.
std::vector<AdvisorType> read_instance_types(const json& whole) {
  std::vector<AdvisorType> types;
  const auto found = whole.find("instance_types");
  if (found == whole.end() || !found->is_object()) {
    return types;
  }
  for (const auto& [type, entry] : found->items()) {
    const auto cores = entry.is_object() ? integer_of(entry, "cores", 1, 100'000) : std::nullopt;
    if (cores && entry.contains("ram_gb") && entry["ram_gb"].is_number() && entry.contains("emr") &&
        entry["emr"].is_boolean()) {
      types.push_back({type, *cores, entry["ram_gb"].get<double>(), entry["emr"].get<bool>()});
    }
  }
  return types;
}

}  // namespace

Result<AdvisorFile> read_advisor_file(std::string_view text) {
  const auto whole = json::parse(text, nullptr, false);
  if (whole.is_discarded()) {
    return fail(ErrorKind::Corrupt, "read spot advisor data: not JSON ({} bytes)", text.size());
  }
  const auto regions = whole.is_object() ? whole.find("spot_advisor") : whole.end();
  if (regions == whole.end() || !regions->is_object()) {
    return fail(ErrorKind::Corrupt, "read spot advisor data: no object 'spot_advisor' in it");
  }

  AdvisorFile file;
  for (const auto& [region, systems] : regions->items()) {
    if (!systems.is_object()) {
      ++file.bad_rows;
      continue;
    }
    for (const auto& [os, types] : systems.items()) {
      if (!types.is_object()) {
        ++file.bad_rows;
        continue;
      }
      read_types(region, os, types, file);
    }
  }
  file.types = read_instance_types(whole);
  return file;
}

std::string write_advisor_file(std::span<const AdvisorRow> rows,
                               std::span<const AdvisorType> types) {
  struct Range {
    const char* label;
    int max;
  };
  constexpr std::array kRanges{Range{"<5%", 5}, Range{"5-10%", 11}, Range{"10-15%", 16},
                               Range{"15-20%", 22}, Range{">20%", 100}};
  json whole{{"global_rate", "<10%"},
             {"ranges", json::array()},
             {"instance_types", json::object()},
             {"spot_advisor", json::object()}};
  for (std::size_t i = 0; i < kRanges.size(); ++i) {
    whole["ranges"].push_back(
        {{"index", i}, {"label", kRanges[i].label}, {"dots", i}, {"max", kRanges[i].max}});
  }
  for (const auto& one : types) {
    whole["instance_types"][one.type] = {
        {"cores", one.cores}, {"ram_gb", one.ram_gb}, {"emr", one.works_with_emr}};
  }
  for (const auto& row : rows) {
    whole["spot_advisor"][row.region][row.os][row.type] = {{"s", row.savings_percent},
                                                           {"r", row.band}};
  }
  return whole.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace spotvane::wire
