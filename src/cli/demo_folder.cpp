#include "cli/demo_folder.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace spotvane::cli {

namespace {

constexpr std::string_view kMarker = "made-by-spotvane-demo";

}  // namespace

Result<void> make_demo_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::exists(folder / kMarker, error)) {
    return tl::unexpected(Error{ErrorKind::InvalidInput,
                                fmt::format("the folder '{}' is not the demo's", folder.string()),
                                "name another place by --home"});
  }
  std::filesystem::remove_all(folder, error);
  if (!error) {
    std::filesystem::create_directories(folder, error);
  }
  std::ofstream marker{folder / kMarker};
  marker << "spotvane demo replaces this folder each time it runs.\n";
  marker.close();
  if (error || !marker) {
    return tl::unexpected(Error{ErrorKind::Storage,
                                fmt::format("cannot make the folder '{}'", folder.string()),
                                "name a place that can be written by --home"});
  }
  return {};
}

}  // namespace spotvane::cli
