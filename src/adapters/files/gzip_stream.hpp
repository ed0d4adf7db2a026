#pragma once

#include "adapters/files/open_file.hpp"
#include "ports/text_files.hpp"

#include <memory>

namespace spotvane::adapters {

/// zlib's word for the largest window, in a gzip wrapper.
inline constexpr int kGzipWindow = 15 + 16;

/// The text a gzip file holds; it may consist of several members, one after the other.
std::unique_ptr<TextStream> open_gzip(std::unique_ptr<OpenFile> file);

/// The same, never inflated at one go: what `open_gzip` falls back on where a file is long or
/// damaged.
std::unique_ptr<TextStream> open_gzip_piece_by_piece(std::unique_ptr<OpenFile> file);

}  // namespace spotvane::adapters
