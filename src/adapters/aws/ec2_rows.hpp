#pragma once

#include "base/result.hpp"
#include "model/placement_score.hpp"
#include "model/pool.hpp"
#include "model/price.hpp"
#include "wire/xml.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::adapters {

/// What was read of an answer so far.
template <typename T>
struct Rows {
  std::vector<T> good = {};
  std::size_t bad = 0;  ///< left out because they made no sense
};

/// A name that an item holds in `element`.
template <typename Name>
Name name_in(const wire::XmlNode& item, std::string_view element) {
  return Name{std::string{item.child_text(element)}};
}

/// Keeps a row that makes sense, and counts one that does not.
template <typename T>
void add(Rows<T>& rows, bool is_good, T row) {
  if (is_good) {
    rows.good.push_back(std::move(row));
  } else {
    ++rows.bad;
  }
}

// Each reads one <item> of the action's answer and adds it to `rows`.

void read_row(wire::XmlNode item, Rows<model::RegionStatus>& rows);
void read_row(wire::XmlNode item, Rows<model::Zone>& rows);  ///< local zones are left out
void read_row(wire::XmlNode item, Rows<model::InstanceTypeFacts>& rows);
void read_row(wire::XmlNode item, Rows<model::Offering>& rows);
void read_row(wire::XmlNode item, Rows<model::PlacementScore>& rows);
void read_row(wire::XmlNode item, Rows<model::SpotPrice>& rows);

/// Reads a page, whose rows are the children of element `set`, and answers the next page's token,
/// empty on the last. Fails with `Corrupt` where it is no answer to `action`.
template <typename T>
Result<std::string> read_page(std::string_view body, std::string_view action, std::string_view set,
                              Rows<T>& rows) {
  const auto document = wire::XmlDocument::parse(body);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto answer = document->root();
  if (!answer.name().starts_with(action) || !answer.child(set)) {
    return fail(ErrorKind::Corrupt, "expected '{}' with '{}', got '{}'", action, set,
                answer.name());
  }
  answer.child(set).each([&](wire::XmlNode item) { read_row(item, rows); });
  return std::string{answer.child_text("nextToken")};
}

}  // namespace spotvane::adapters
