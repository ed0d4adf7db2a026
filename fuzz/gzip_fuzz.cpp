#include "base/assert.hpp"

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

Reading read(spotvane::TextStream& stream) {
  Reading reading;
  while (reading.text.size() < kEnough) {
    const auto piece = stream.next();
    reading.is_sound = piece.has_value();
    if (!piece || piece->empty()) {
      break;
    }
    reading.text += *piece;
  }
  return reading;
}

}  // namespace

// Any bytes at all: inflating at one go, with its fall-back, gives the text and the verdict that
// inflating piece by piece gives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spotvane::adapters;

  const auto whole = read(*open_gzip(file_of(data, size)));
  const auto pieces = read(*open_gzip_piece_by_piece(file_of(data, size)));

  SPOTVANE_ASSERT(whole.is_sound == pieces.is_sound);
  SPOTVANE_ASSERT(whole.text == pieces.text || whole.text.size() >= kEnough);
  return 0;
}
