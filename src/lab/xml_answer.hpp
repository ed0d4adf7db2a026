#pragma once

#include "lab/call.hpp"
#include "wire/envelope.hpp"
#include "wire/xml.hpp"

#include <string>
#include <utility>

namespace spotvane::lab {

/// The body of a good answer in XML; `write_members` writes what is inside.
template <typename Write>
std::string xml_answer(const Call& call, Write write_members) {
  wire::XmlWriter xml;
  wire::open_response(xml, call.service, call.action, call.request_id);
  write_members(xml);
  wire::close_response(xml, call.service, call.request_id);
  return std::move(xml).take();
}

}  // namespace spotvane::lab
