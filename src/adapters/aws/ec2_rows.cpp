#include "adapters/aws/ec2_rows.hpp"

#include "base/number.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

bool is_true(const wire::XmlNode& item, std::string_view element) {
  return item.child_text(element) == "true";
}

/// Zero where it is absent or no number.
std::int64_t integer_in(const wire::XmlNode& item, std::string_view element) {
  return parse_integer(item.child_text(element)).value_or(0);
}

/// Of cores or devices: so many that no sum of what one answer holds overflows.
constexpr std::int64_t kMostOfAType = 1'000'000;

bool is_count(std::int64_t number) {
  return number >= 0 && number <= kMostOfAType;
}

bool contains(const wire::XmlNode& set, std::string_view text) {
  bool is_found = false;
  set.each([&](wire::XmlNode item) { is_found = is_found || item.text() == text; });
  return is_found;
}

/// "NVIDIA T4": of its GPUs, else of the accelerators it has in their place. Empty: none.
std::string accelerator_of(const wire::XmlNode& item) {
  const auto first = [&](std::string_view info, std::string_view set) {
    const auto all = item.child(info).child(set).children();
    return all.empty() ? wire::XmlNode{} : all.front();
  };
  auto found = first("gpuInfo", "gpus");
  found = found ? found : first("neuronInfo", "neuronDevices");
  found = found ? found : first("inferenceAcceleratorInfo", "accelerators");
  found = found ? found : first("fpgaInfo", "fpgas");
  const auto manufacturer = found.child_text("manufacturer");
  const auto name = found.child_text("name");
  return manufacturer.empty() || name.empty() ? std::string{name}
                                              : fmt::format("{} {}", manufacturer, name);
}

}  // namespace

void read_row(wire::XmlNode item, Rows<model::RegionStatus>& rows) {
  model::RegionStatus status{name_in<model::Region>(item, "regionName"),
                             item.child_text("optInStatus") != "not-opted-in"};
  const bool is_good = !status.region.empty();
  add(rows, is_good, std::move(status));
}

void read_row(wire::XmlNode item, Rows<model::Zone>& rows) {
  const auto type = item.child_text("zoneType");
  if (!type.empty() && type != "availability-zone") {
    return;
  }
  model::Zone zone{name_in<model::Region>(item, "regionName"),
                   name_in<model::ZoneId>(item, "zoneId"),
                   name_in<model::ZoneName>(item, "zoneName")};
  const bool is_good = !zone.region.empty() && !zone.id.empty() && !zone.name.empty();
  add(rows, is_good, std::move(zone));
}

void read_row(wire::XmlNode item, Rows<model::InstanceTypeFacts>& rows) {
  model::InstanceTypeFacts facts{.type = name_in<model::InstanceType>(item, "instanceType")};
  const auto vcpus = integer_in(item.child("vCpuInfo"), "defaultVCpus");
  facts.memory_mib = integer_in(item.child("memoryInfo"), "sizeInMiB");
  facts.is_bare_metal = is_true(item, "bareMetal");
  facts.is_current_generation = is_true(item, "currentGeneration");
  facts.offered_as_spot = contains(item.child("supportedUsageClasses"), "spot");
  item.child("processorInfo").child("supportedArchitectures").each([&](wire::XmlNode one) {
    facts.architectures.emplace_back(one.text());
  });
  std::int64_t gpus = 0;
  item.child("gpuInfo").child("gpus").each([&gpus](wire::XmlNode gpu) {
    const auto count = integer_in(gpu, "count");
    gpus += is_count(count) ? count : kMostOfAType + 1;
  });
  const bool is_good =
      !facts.type.empty() && is_count(vcpus) && vcpus > 0 && is_count(gpus) && facts.memory_mib > 0;
  facts.network = std::string{item.child("networkInfo").child_text("networkPerformance")};
  facts.gpu = accelerator_of(item);
  facts.gpu_memory_mib = integer_in(item.child("gpuInfo"), "totalGpuMemoryInMiB");
  facts.local_disk_gb = integer_in(item.child("instanceStorageInfo"), "totalSizeInGB");
  facts.cpu_manufacturer = std::string{item.child("processorInfo").child_text("manufacturer")};
  facts.vcpus = is_good ? static_cast<int>(vcpus) : 0;
  facts.gpus = is_good ? static_cast<int>(gpus) : 0;
  add(rows, is_good, std::move(facts));
}

void read_row(wire::XmlNode item, Rows<model::Offering>& rows) {
  model::Offering offering{name_in<model::InstanceType>(item, "instanceType"),
                           name_in<model::ZoneId>(item, "location")};
  const bool is_good = !offering.type.empty() && !offering.zone.empty() &&
                       item.child_text("locationType") == "availability-zone-id";
  add(rows, is_good, std::move(offering));
}

void read_row(wire::XmlNode item, Rows<model::PlacementScore>& rows) {
  const auto score = integer_in(item, "score");
  model::PlacementScore row{name_in<model::Region>(item, "region"),
                            name_in<model::ZoneId>(item, "availabilityZoneId"),
                            static_cast<int>(score)};
  const bool is_good = !row.region.empty() && score >= 1 && score <= 10;
  add(rows, is_good, std::move(row));
}

void read_row(wire::XmlNode item, Rows<model::SpotPrice>& rows) {
  const auto price = Money::parse(item.child_text("spotPrice"));
  const auto at = parse_time(item.child_text("timestamp"));
  model::SpotPrice row{name_in<model::InstanceType>(item, "instanceType"),
                       name_in<model::ZoneName>(item, "availabilityZone"),
                       name_in<model::ZoneId>(item, "availabilityZoneId"),
                       std::string{item.child_text("productDescription")},
                       price.value_or(Money{}),
                       at.value_or(TimePoint{})};
  const bool is_good = price && price->micros() > 0 && at && !row.type.empty() &&
                       !(row.zone_name.empty() && row.zone_id.empty());
  add(rows, is_good, std::move(row));
}

}  // namespace spotvane::adapters
