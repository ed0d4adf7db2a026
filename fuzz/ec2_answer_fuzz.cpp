#include "base/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/aws/ec2_rows.hpp"
#include "wire/envelope.hpp"

namespace {

using namespace spotvane;

template <typename T>
adapters::Rows<T> rows_of(std::string_view body, std::string_view action, std::string_view set) {
  adapters::Rows<T> rows;
  const auto token = adapters::read_page(body, action, set, rows);
  SPOTVANE_ASSERT(token || token.error().kind == ErrorKind::Corrupt);
  return rows;
}

/// What callers rely on without looking.
void check_rows(std::string_view body) {
  for (const auto& one : rows_of<model::RegionStatus>(body, "DescribeRegions", "regionInfo").good) {
    SPOTVANE_ASSERT(!one.region.empty());
  }
  for (const auto& one :
       rows_of<model::Zone>(body, "DescribeAvailabilityZones", "availabilityZoneInfo").good) {
    SPOTVANE_ASSERT(!one.region.empty() && !one.id.empty() && !one.name.empty());
  }
  for (const auto& one :
       rows_of<model::InstanceTypeFacts>(body, "DescribeInstanceTypes", "instanceTypeSet").good) {
    SPOTVANE_ASSERT(!one.type.empty() && one.vcpus > 0 && one.memory_mib > 0 && one.gpus >= 0);
  }
  for (const auto& one :
       rows_of<model::Offering>(body, "DescribeInstanceTypeOfferings", "instanceTypeOfferingSet")
           .good) {
    SPOTVANE_ASSERT(!one.type.empty() && !one.zone.empty());
  }
  for (const auto& one :
       rows_of<model::PlacementScore>(body, "GetSpotPlacementScores", "spotPlacementScoreSet")
           .good) {
    SPOTVANE_ASSERT(!one.region.empty() && one.score >= 1 && one.score <= 10);
  }
  for (const auto& one :
       rows_of<model::SpotPrice>(body, "DescribeSpotPriceHistory", "spotPriceHistorySet").good) {
    SPOTVANE_ASSERT(one.price_per_hour.micros() > 0);
    const auto again = parse_time(to_iso8601(one.at));
    SPOTVANE_ASSERT(again && *again == one.at);
  }
}

bool is_plain(std::string_view name) {
  const auto is_letter = [](char one) { return (one | 0x20) >= 'a' && (one | 0x20) <= 'z'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_letter);
}

/// False where a name could not be written as it is.
bool copy(wire::XmlNode node, wire::XmlWriter& writer) {
  if (!is_plain(node.name())) {
    return false;
  }
  const auto children = node.children();
  if (children.empty()) {
    writer.leaf(node.name(), node.text());
    return true;
  }
  writer.open(node.name());
  const bool is_copied = std::all_of(children.begin(), children.end(),
                                     [&](wire::XmlNode child) { return copy(child, writer); });
  writer.close();
  return is_copied;
}

/// The document as our writer puts it; empty where it cannot.
std::string rewritten(std::string_view text) {
  const auto document = wire::XmlDocument::parse(text);
  wire::XmlWriter writer;
  return document && copy(document->root(), writer) ? std::move(writer).take() : std::string{};
}

}  // namespace

// Any text at all as an answer of EC2 or an error: what is read of it makes sense, and what our
// writer wrote once it writes again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check_rows(text);

  const HttpResponse response{.status = 400, .body = std::string{text}};
  if (const auto error = wire::read_error(response)) {
    const auto again = wire::read_error(wire::error_response(wire::kEc2, 400, *error));
    SPOTVANE_ASSERT(again.has_value());
  }

  // Text of nothing but spaces is lost on the way, once.
  if (const auto once = rewritten(rewritten(text)); !once.empty()) {
    SPOTVANE_ASSERT(rewritten(once) == once);
  }
  return 0;
}
