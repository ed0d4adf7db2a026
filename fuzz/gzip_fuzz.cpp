#include "base/assert.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "adapters/files/gzip_stream.hpp"

namespace {

constexpr std::size_t kEnough = 64U << 20U;  // a small file may hold a very long text

std::unique_ptr<spotvane::adapters::OpenFile> file_of(const std::uint8_t* data, std::size_t size) {
  const int descriptor = ::memfd_create("fuzz", MFD_CLOEXEC);
  SPOTVANE_ASSERT(descriptor >= 0);
  SPOTVANE_ASSERT(::write(descriptor, data, size) == static_cast<ssize_t>(size));
  auto file = std::make_unique<spotvane::adapters::OpenFile>(descriptor);
  file->rewind();
  return file;
}

struct Reading {
  std::string text;
  bool is_sound = true;
};

Reading read(spotvane::TextStream& stream, std::size_t piece) {
  Reading reading;
  std::string room(piece, '\0');
  while (reading.text.size() < kEnough) {
    const auto count = stream.read(room);
    reading.is_sound = count.has_value();
    if (!count || *count == 0) {
      break;
    }
    reading.text.append(room, 0, *count);
  }
  return reading;
}

}  // namespace

// Any bytes at all: inflating at one go, with its fall-back, gives the text and the verdict that
// inflating piece by piece gives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spotvane::adapters;

  const auto whole = read(*open_gzip(file_of(data, size)), 256U << 10U);
  const auto pieces =
      read(*open_gzip_piece_by_piece(file_of(data, size)), size % 2 == 0 ? 4'096 : 1'009);

  SPOTVANE_ASSERT(whole.is_sound == pieces.is_sound);
  SPOTVANE_ASSERT(whole.text == pieces.text || whole.text.size() >= kEnough);
  return 0;
}
