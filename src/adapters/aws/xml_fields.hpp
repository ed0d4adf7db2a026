#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "wire/xml.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// The XML that a call was answered with. Fails as the call did, or with `Corrupt` where the answer
/// is no XML; the error then names the `action`.
Result<wire::XmlDocument> xml_of(const Result<std::string>& body, std::string_view action);

/// The number that a child of `node` holds; none where there is no such child, or no number in it.
std::optional<double> real_in(wire::XmlNode node, std::string_view name);

/// The same of a time. Times of AWS are shown and written down; none decides anything here.
std::optional<TimePoint> time_in(wire::XmlNode node, std::string_view name);

}  // namespace spotvane::adapters
