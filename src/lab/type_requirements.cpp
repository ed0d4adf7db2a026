#include "lab/type_requirements.hpp"

#include "lab/filter.hpp"
#include "lab/parameter.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace spotvane::lab {

namespace {

constexpr std::string_view kMetadata = "InstanceRequirementsWithMetadata.";
constexpr std::string_view kRequirements = "InstanceRequirementsWithMetadata.InstanceRequirements.";

/// The names below the prefixes that are understood; numbers of lists are left off.
constexpr std::array<std::string_view, 15> kKnown{"ArchitectureType",
                                                  "VirtualizationType",
                                                  "InstanceRequirements.VCpuCount.Min",
                                                  "InstanceRequirements.VCpuCount.Max",
                                                  "InstanceRequirements.MemoryMiB.Min",
                                                  "InstanceRequirements.MemoryMiB.Max",
                                                  "InstanceRequirements.CpuManufacturer",
                                                  "InstanceRequirements.AllowedInstanceType",
                                                  "InstanceRequirements.ExcludedInstanceType",
                                                  "InstanceRequirements.InstanceGeneration",
                                                  "InstanceRequirements.BareMetal",
                                                  "InstanceRequirements.BurstablePerformance",
                                                  "InstanceRequirements.LocalStorage",
                                                  "InstanceRequirements.AcceleratorCount.Min",
                                                  "InstanceRequirements.AcceleratorCount.Max"};

struct Range {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();

  bool contains(std::int64_t value) const { return value >= least && value <= most; }
};

enum class Presence : std::uint8_t { Included, Required, Excluded };

struct Requirements {
  Range vcpus;
  Range memory_mib;
  Range accelerators;
  std::vector<std::string> architectures;
  std::vector<std::string> cpu_manufacturers;
  std::vector<std::string> allowed;
  std::vector<std::string> excluded;
  std::vector<std::string> generations;
  Presence bare_metal = Presence::Excluded;
  Presence burstable = Presence::Excluded;
  Presence local_storage = Presence::Included;
};

std::string below(std::string_view prefix, std::string_view name) {
  return fmt::format("{}{}", prefix, name);
}

Answered<void> check_names(const Call& call) {
  for (const auto& parameter : call.form.parameters()) {
    if (!parameter.name.starts_with(kMetadata)) {
      continue;
    }
    auto name = std::string_view{parameter.name}.substr(kMetadata.size());
    const auto last_dot = name.rfind('.');
    if (last_dot != std::string_view::npos &&
        name.find_first_not_of("0123456789", last_dot + 1) == std::string_view::npos) {
      name = name.substr(0, last_dot);
    }
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) {
      return refuse(400, "UnknownParameter", "The parameter {} is not recognized", parameter.name);
    }
  }
  return {};
}

Answered<void> read_range(const Call& call, std::string_view name, bool is_required, Range& range) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const auto least =
      integer_parameter(call, fmt::format("{}{}.Min", kRequirements, name), 0, kMost);
  const auto most = integer_parameter(call, fmt::format("{}{}.Max", kRequirements, name), 0, kMost);
  if (!least || !most) {
    return tl::unexpected(!least ? least.error() : most.error());
  }
  if (is_required && !*least) {
    return refuse_missing(fmt::format("{}{}.Min", kRequirements, name));
  }
  range = {least->value_or(0), most->value_or(kMost)};
  return {};
}

Answered<void> read_presence(const Call& call, std::string_view name, Presence& presence) {
  const auto text = text_parameter(call, below(kRequirements, name));
  if (!text) {
    return {};
  }
  if (*text == "included") {
    presence = Presence::Included;
  } else if (*text == "required") {
    presence = Presence::Required;
  } else if (*text == "excluded") {
    presence = Presence::Excluded;
  } else {
    return refuse(400, "InvalidParameterValue", "Invalid value '{}' for {}", *text, name);
  }
  return {};
}

Answered<Requirements> read_requirements(const Call& call) {
  Requirements read;
  for (const auto& done : {check_names(call), read_range(call, "VCpuCount", true, read.vcpus),
                           read_range(call, "MemoryMiB", true, read.memory_mib),
                           read_range(call, "AcceleratorCount", false, read.accelerators),
                           read_presence(call, "BareMetal", read.bare_metal),
                           read_presence(call, "BurstablePerformance", read.burstable),
                           read_presence(call, "LocalStorage", read.local_storage)}) {
    if (!done) {
      return tl::unexpected(done.error());
    }
  }
  read.architectures = call.form.list(below(kMetadata, "ArchitectureType"));
  read.cpu_manufacturers = call.form.list(below(kRequirements, "CpuManufacturer"));
  read.allowed = call.form.list(below(kRequirements, "AllowedInstanceType"));
  read.excluded = call.form.list(below(kRequirements, "ExcludedInstanceType"));
  read.generations = call.form.list(below(kRequirements, "InstanceGeneration"));
  return read;
}

bool accepts(Presence wanted, bool is_there) {
  return wanted == Presence::Included || (wanted == Presence::Required) == is_there;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool fits_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](const std::string& pattern) { return fits(pattern, name); });
}

bool is_true(const World& world, std::string_view filter, const model::InstanceType& type) {
  return contains(world.types().filter_values(filter, type), "true");
}

bool accepts(const World& world, const Requirements& wanted,
             const model::InstanceTypeFacts& facts) {
  const auto is_supported = [&facts](const std::string& architecture) {
    return contains(facts.architectures, architecture);
  };
  return facts.offered_as_spot && wanted.vcpus.contains(facts.vcpus) &&
         wanted.memory_mib.contains(facts.memory_mib) && wanted.accelerators.contains(facts.gpus) &&
         accepts(wanted.bare_metal, facts.is_bare_metal) &&
         (wanted.architectures.empty() ||
          std::any_of(wanted.architectures.begin(), wanted.architectures.end(), is_supported)) &&
         (wanted.generations.empty() ||
          contains(wanted.generations, facts.is_current_generation ? "current" : "previous")) &&
         (wanted.allowed.empty() || fits_any(wanted.allowed, facts.type.text())) &&
         !fits_any(wanted.excluded, facts.type.text()) &&
         (wanted.cpu_manufacturers.empty() ||
          std::any_of(wanted.cpu_manufacturers.begin(), wanted.cpu_manufacturers.end(),
                      [maker = world.types().cpu_manufacturer(facts.type)](const auto& name) {
                        return name == maker || (name == "amazon-web-services" && maker == "aws");
                      })) &&
         accepts(wanted.burstable, is_true(world, "burstable-performance-supported", facts.type)) &&
         accepts(wanted.local_storage, is_true(world, "instance-storage-supported", facts.type));
}

}  // namespace

bool has_type_requirements(const Call& call) {
  const auto& parameters = call.form.parameters();
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const auto& parameter) { return parameter.name.starts_with(kMetadata); });
}

std::string canonical_requirements(const Call& call) {
  std::vector<std::string> parts;
  for (const auto& parameter : call.form.parameters()) {
    if (parameter.name.starts_with(kMetadata)) {
      parts.push_back(fmt::format("{}={}", parameter.name, parameter.value));
    }
  }
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, "&"));
}

Answered<std::vector<model::InstanceType>> types_by_requirements(const World& world,
                                                                 const Call& call) {
  const auto wanted = read_requirements(call);
  if (!wanted) {
    return tl::unexpected(wanted.error());
  }
  std::vector<model::InstanceType> types;
  for (const auto& facts : world.catalog().types) {
    if (accepts(world, *wanted, facts)) {
      types.push_back(facts.type);
    }
  }
  return types;
}

}  // namespace spotvane::lab
