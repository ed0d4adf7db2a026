#include "adapters/aws/xml_fields.hpp"

#include "base/number.hpp"

namespace spotvane::adapters {

Result<wire::XmlDocument> xml_of(const Result<std::string>& body, std::string_view action) {
  if (!body) {
    return tl::unexpected(body.error());
  }
  auto document = wire::XmlDocument::parse(*body);
  if (!document) {
    return tl::unexpected(std::move(document.error()).during(action));
  }
  return document;
}

std::optional<double> real_in(wire::XmlNode node, std::string_view name) {
  const auto number = parse_real(node.child_text(name));
  return number ? std::optional{*number} : std::nullopt;
}

std::optional<TimePoint> time_in(wire::XmlNode node, std::string_view name) {
  const auto time = parse_time(node.child_text(name));
  return time ? std::optional{*time} : std::nullopt;
}

}  // namespace spotvane::adapters
