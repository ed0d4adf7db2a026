#include "lab/xz.hpp"

#include <lzma.h>

#include <cstdint>

namespace spotvane::lab {

Result<std::string> unpack_xz(std::string_view packed) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, UINT64_MAX, 0) != LZMA_OK) {
    return fail(ErrorKind::Corrupt, "unpack xz: no memory for a decoder");
  }
  std::string unpacked(packed.size() * 16 + 4096, '\0');
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  lzma_ret outcome = LZMA_OK;
  while (outcome == LZMA_OK) {
    if (stream.total_out == unpacked.size()) {
      unpacked.resize(unpacked.size() * 2);
    }
    stream.next_out = reinterpret_cast<std::uint8_t*>(unpacked.data()) + stream.total_out;
    stream.avail_out = unpacked.size() - stream.total_out;
    outcome = lzma_code(&stream, LZMA_FINISH);
  }
  unpacked.resize(stream.total_out);
  lzma_end(&stream);
  if (outcome != LZMA_STREAM_END) {
    return fail(ErrorKind::Corrupt, "unpack xz: liblzma's error {} after {} bytes",
                static_cast<int>(outcome), unpacked.size());
  }
  return unpacked;
}

}  // namespace spotvane::lab
