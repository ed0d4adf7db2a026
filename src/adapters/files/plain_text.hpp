#pragma once

#include "adapters/files/open_file.hpp"
#include "ports/text_files.hpp"

#include <memory>

namespace spotvane::adapters {

/// The text a file holds, as it is.
std::unique_ptr<TextStream> open_plain(std::unique_ptr<OpenFile> file);

}  // namespace spotvane::adapters
