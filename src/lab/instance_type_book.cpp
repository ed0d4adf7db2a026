#include "lab/instance_type_book.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <utility>

namespace spotvane::lab {

namespace {

using nlohmann::json;

/// JSON's name of a member in EC2's XML: the first letter turns small, but for three lists.
std::string xml_name(const std::string& name) {
  if (name == "Workloads") {
    return "workloadSet";
  }
  if (name == "InterfaceTypes") {
    return "interfaceTypeSet";
  }
  if (name == "EbsCards") {
    return "ebsCardSet";
  }
  auto small = name;
  small.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(small.front())));
  return small;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the document, which is ours
void write_value(wire::XmlWriter& xml, const std::string& name, const json& value) {
  if (value.is_object()) {
    xml.open(name);
    for (const auto& [key, member] : value.items()) {
      write_value(xml, xml_name(key), member);
    }
    xml.close();
  } else if (value.is_array()) {
    xml.open(name);
    for (const auto& element : value) {
      write_value(xml, "item", element);
    }
    xml.close();
  } else {
    xml.leaf(name, text_of(value));
  }
}

struct FilterPath {
  std::string_view filter;
  std::string_view path;  ///< of the members, through lists
};

constexpr std::array kFilters{
    FilterPath{"auto-recovery-supported", "AutoRecoverySupported"},
    FilterPath{"bare-metal", "BareMetal"},
    FilterPath{"burstable-performance-supported", "BurstablePerformanceSupported"},
    FilterPath{"current-generation", "CurrentGeneration"},
    FilterPath{"dedicated-hosts-supported", "DedicatedHostsSupported"},
    FilterPath{"ebs-info.attachment-limit-type", "EbsInfo.AttachmentLimitType"},
    FilterPath{"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
               "EbsInfo.EbsOptimizedInfo.BaselineBandwidthInMbps"},
    FilterPath{"ebs-info.ebs-optimized-info.baseline-iops",
               "EbsInfo.EbsOptimizedInfo.BaselineIops"},
    FilterPath{"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
               "EbsInfo.EbsOptimizedInfo.BaselineThroughputInMBps"},
    FilterPath{"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
               "EbsInfo.EbsOptimizedInfo.MaximumBandwidthInMbps"},
    FilterPath{"ebs-info.ebs-optimized-info.maximum-iops", "EbsInfo.EbsOptimizedInfo.MaximumIops"},
    FilterPath{"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
               "EbsInfo.EbsOptimizedInfo.MaximumThroughputInMBps"},
    FilterPath{"ebs-info.ebs-optimized-support", "EbsInfo.EbsOptimizedSupport"},
    FilterPath{"ebs-info.encryption-support", "EbsInfo.EncryptionSupport"},
    FilterPath{"ebs-info.maximum-ebs-attachments", "EbsInfo.MaximumEbsAttachments"},
    FilterPath{"ebs-info.nvme-support", "EbsInfo.NvmeSupport"},
    FilterPath{"free-tier-eligible", "FreeTierEligible"},
    FilterPath{"hibernation-supported", "HibernationSupported"},
    FilterPath{"hypervisor", "Hypervisor"},
    FilterPath{"instance-storage-info.disk.count", "InstanceStorageInfo.Disks.Count"},
    FilterPath{"instance-storage-info.disk.size-in-gb", "InstanceStorageInfo.Disks.SizeInGB"},
    FilterPath{"instance-storage-info.disk.type", "InstanceStorageInfo.Disks.Type"},
    FilterPath{"instance-storage-info.encryption-support", "InstanceStorageInfo.EncryptionSupport"},
    FilterPath{"instance-storage-info.nvme-support", "InstanceStorageInfo.NvmeSupport"},
    FilterPath{"instance-storage-info.total-size-in-gb", "InstanceStorageInfo.TotalSizeInGB"},
    FilterPath{"instance-storage-supported", "InstanceStorageSupported"},
    FilterPath{"instance-type", "InstanceType"},
    FilterPath{"memory-info.size-in-mib", "MemoryInfo.SizeInMiB"},
    FilterPath{"network-info.bandwidth-weightings", "NetworkInfo.BandwidthWeightings"},
    FilterPath{"network-info.efa-info.maximum-efa-interfaces",
               "NetworkInfo.EfaInfo.MaximumEfaInterfaces"},
    FilterPath{"network-info.efa-supported", "NetworkInfo.EfaSupported"},
    FilterPath{"network-info.ena-support", "NetworkInfo.EnaSupport"},
    FilterPath{"network-info.encryption-in-transit-supported",
               "NetworkInfo.EncryptionInTransitSupported"},
    FilterPath{"network-info.flexible-ena-queues-support", "NetworkInfo.FlexibleEnaQueuesSupport"},
    FilterPath{"network-info.ipv4-addresses-per-interface",
               "NetworkInfo.Ipv4AddressesPerInterface"},
    FilterPath{"network-info.ipv6-addresses-per-interface",
               "NetworkInfo.Ipv6AddressesPerInterface"},
    FilterPath{"network-info.ipv6-supported", "NetworkInfo.Ipv6Supported"},
    FilterPath{"network-info.maximum-network-cards", "NetworkInfo.MaximumNetworkCards"},
    FilterPath{"network-info.maximum-network-interfaces", "NetworkInfo.MaximumNetworkInterfaces"},
    FilterPath{"network-info.network-performance", "NetworkInfo.NetworkPerformance"},
    FilterPath{"nitro-enclaves-support", "NitroEnclavesSupport"},
    FilterPath{"nitro-tpm-info.supported-versions", "NitroTpmInfo.SupportedVersions"},
    FilterPath{"nitro-tpm-support", "NitroTpmSupport"},
    FilterPath{"processor-info.supported-architecture", "ProcessorInfo.SupportedArchitectures"},
    FilterPath{"processor-info.supported-features", "ProcessorInfo.SupportedFeatures"},
    FilterPath{"processor-info.sustained-clock-speed-in-ghz",
               "ProcessorInfo.SustainedClockSpeedInGhz"},
    FilterPath{"reboot-migration-support", "RebootMigrationSupport"},
    FilterPath{"supported-boot-mode", "SupportedBootModes"},
    FilterPath{"supported-root-device-type", "SupportedRootDeviceTypes"},
    FilterPath{"supported-usage-class", "SupportedUsageClasses"},
    FilterPath{"supported-virtualization-type", "SupportedVirtualizationTypes"},
    FilterPath{"vcpu-info.default-cores", "VCpuInfo.DefaultCores"},
    FilterPath{"vcpu-info.default-threads-per-core", "VCpuInfo.DefaultThreadsPerCore"},
    FilterPath{"vcpu-info.default-vcpus", "VCpuInfo.DefaultVCpus"},
    FilterPath{"vcpu-info.valid-cores", "VCpuInfo.ValidCores"},
    FilterPath{"vcpu-info.valid-threads-per-core", "VCpuInfo.ValidThreadsPerCore"},
};

const FilterPath* find_filter(std::string_view filter) {
  const auto found = std::find_if(kFilters.begin(), kFilters.end(),
                                  [filter](const auto& known) { return known.filter == filter; });
  return found == kFilters.end() ? nullptr : &*found;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as a filter's path
void collect(const json& value, std::string_view path, std::vector<std::string>& values) {
  if (value.is_array()) {
    for (const auto& element : value) {
      collect(element, path, values);
    }
    return;
  }
  if (path.empty()) {
    values.push_back(text_of(value));
    return;
  }
  const auto dot = path.find('.');
  const auto member = value.find(std::string{path.substr(0, dot)});
  if (member != value.end()) {
    collect(*member, dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1),
            values);
  }
}

std::vector<std::string> values_at(const json& page, std::string_view path) {
  std::vector<std::string> values;
  collect(page, path, values);
  return values;
}

bool holds(const json& page, std::string_view path, std::string_view value) {
  const auto values = values_at(page, path);
  return std::find(values.begin(), values.end(), value) != values.end();
}

model::InstanceTypeFacts facts_of(const std::string& type, const json& page) {
  model::InstanceTypeFacts facts{
      .type = model::InstanceType{type},
      .vcpus = page.at("VCpuInfo").at("DefaultVCpus").get<int>(),
      .memory_mib = page.at("MemoryInfo").at("SizeInMiB").get<std::int64_t>(),
      .architectures = values_at(page, "ProcessorInfo.SupportedArchitectures"),
      .offered_as_spot = holds(page, "SupportedUsageClasses", "spot"),
      .is_bare_metal = holds(page, "BareMetal", "true"),
      .is_current_generation = holds(page, "CurrentGeneration", "true")};
  if (const auto gpus = page.find("GpuInfo"); gpus != page.end()) {
    for (const auto& gpu : gpus->value("Gpus", json::array())) {
      facts.gpus += gpu.value("Count", 0);
    }
  }
  return facts;
}

}  // namespace

struct InstanceTypeBook::Pages {
  std::map<std::string, json, std::less<>> by_type;

  const json* find(const model::InstanceType& type) const {
    const auto page = by_type.find(type.text());
    return page == by_type.end() ? nullptr : &page->second;
  }
};

Result<InstanceTypeBook> InstanceTypeBook::parse(std::string_view text) {
  auto pages = std::make_unique<Pages>();
  std::vector<model::InstanceTypeFacts> facts;
  try {
    auto document = json::parse(text);
    for (auto& [type, page] : document.items()) {
      facts.push_back(facts_of(type, page));
      pages->by_type.emplace(type, std::move(page));
    }
  } catch (const json::exception& error) {
    return fail(ErrorKind::Corrupt, "read instance types: {}", error.what());
  }
  InstanceTypeBook book{std::move(pages)};
  book.facts_ = std::move(facts);  // the library keeps an object's members in order
  return book;
}

InstanceTypeBook::InstanceTypeBook(std::unique_ptr<Pages> pages) : pages_{std::move(pages)} {}
InstanceTypeBook::InstanceTypeBook(InstanceTypeBook&&) noexcept = default;
InstanceTypeBook& InstanceTypeBook::operator=(InstanceTypeBook&&) noexcept = default;
InstanceTypeBook::~InstanceTypeBook() = default;

bool InstanceTypeBook::contains(const model::InstanceType& type) const {
  return pages_->find(type) != nullptr;
}

void InstanceTypeBook::write(wire::XmlWriter& xml, const model::InstanceType& type) const {
  if (const auto* page = pages_->find(type)) {
    write_value(xml, "item", *page);
  }
}

bool InstanceTypeBook::knows_filter(std::string_view filter) {
  return find_filter(filter) != nullptr;
}

std::vector<std::string> InstanceTypeBook::filter_values(std::string_view filter,
                                                         const model::InstanceType& type) const {
  const auto* known = find_filter(filter);
  const auto* page = pages_->find(type);
  return known != nullptr && page != nullptr ? values_at(*page, known->path)
                                             : std::vector<std::string>{};
}

std::string InstanceTypeBook::cpu_manufacturer(const model::InstanceType& type) const {
  const auto* page = pages_->find(type);
  auto makers =
      page != nullptr ? values_at(*page, "ProcessorInfo.Manufacturer") : std::vector<std::string>{};
  auto maker = makers.empty() ? std::string{} : std::move(makers.front());
  std::transform(maker.begin(), maker.end(), maker.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return maker;
}

}  // namespace spotvane::lab
