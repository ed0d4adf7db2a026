#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/price_list.hpp"

namespace {

using namespace spotvane;

void read_answer(std::string_view text) {
  const auto page = wire::read_price_list_page(text);
  if (!page) {
    SPOTVANE_ASSERT(page.error().kind == ErrorKind::Corrupt);
    return;
  }
  const auto again = wire::read_price_list_page(wire::write_price_list_page(*page));
  SPOTVANE_ASSERT(again.has_value());
  SPOTVANE_ASSERT(again->bad_items == 0);
  SPOTVANE_ASSERT(again->next_token == page->next_token);
  SPOTVANE_ASSERT(again->items == page->items);
}

void read_question(std::string_view text) {
  const auto request = wire::read_price_list_request(text);
  if (!request) {
    SPOTVANE_ASSERT(request.error().kind == ErrorKind::InvalidInput);
    return;
  }
  const auto again = wire::read_price_list_request(wire::write_price_list_request(*request));
  SPOTVANE_ASSERT(again.has_value());
  SPOTVANE_ASSERT(again->service_code == request->service_code);
  SPOTVANE_ASSERT(again->filters == request->filters);
  SPOTVANE_ASSERT(again->max_results == request->max_results);
  SPOTVANE_ASSERT(again->next_token == request->next_token);
}

}  // namespace

// Any text at all, as the price list's answer and as the lab's question: what is read can be
// written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  read_answer(text);
  read_question(text);
  return 0;
}
