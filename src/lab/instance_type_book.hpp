#pragma once

#include "base/result.hpp"
#include "model/instance_type.hpp"
#include "wire/xml.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

/// Every instance type in all the detail that DescribeInstanceTypes tells.
class InstanceTypeBook {
 public:
  /// Reads a JSON object of DescribeInstanceTypes objects, by type. Fails with `Corrupt`.
  static Result<InstanceTypeBook> parse(std::string_view json);

  InstanceTypeBook(InstanceTypeBook&&) noexcept;
  InstanceTypeBook& operator=(InstanceTypeBook&&) noexcept;
  ~InstanceTypeBook();

  /// In alphabetical order.
  const std::vector<model::InstanceTypeFacts>& facts() const { return facts_; }

  bool contains(const model::InstanceType& type) const;

  /// Writes an <item> as EC2 does; nothing where the type is unknown.
  void write(wire::XmlWriter& xml, const model::InstanceType& type) const;

  /// Whether DescribeInstanceTypes knows a filter of that name ("vcpu-info.default-vcpus").
  static bool knows_filter(std::string_view filter);

  /// The values that such a filter compares with; none where the type lacks them.
  std::vector<std::string> filter_values(std::string_view filter,
                                         const model::InstanceType& type) const;

  /// The name of the processor's maker in lower case ("intel"); empty where it is not told.
  std::string cpu_manufacturer(const model::InstanceType& type) const;

 private:
  struct Pages;
  explicit InstanceTypeBook(std::unique_ptr<Pages> pages);

  std::unique_ptr<Pages> pages_;
  std::vector<model::InstanceTypeFacts> facts_;
};

}  // namespace spotvane::lab
