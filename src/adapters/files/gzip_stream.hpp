#pragma once

#include "adapters/files/open_file.hpp"

namespace spotvane::adapters {

/// The text a gzip file holds; it may consist of several members, one after the other.
std::unique_ptr<TextStream> open_gzip(std::unique_ptr<OpenFile> file);

}  // namespace spotvane::adapters
