#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/advisor_file.hpp"

// Any text at all: what is read of the Spot Advisor's file can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spotvane;

  const auto file = wire::read_advisor_file({reinterpret_cast<const char*>(data), size});
  if (!file) {
    SPOTVANE_ASSERT(file.error().kind == ErrorKind::Corrupt);
    return 0;
  }
  const auto again = wire::read_advisor_file(wire::write_advisor_file(file->rows, file->types));
  SPOTVANE_ASSERT(again.has_value());
  SPOTVANE_ASSERT(again->bad_rows == 0);
  SPOTVANE_ASSERT(again->rows == file->rows);
  SPOTVANE_ASSERT(again->types == file->types);
  return 0;
}
