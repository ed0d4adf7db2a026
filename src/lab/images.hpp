#pragma once

#include "base/time.hpp"
#include "model/place.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::lab {

/// A machine image that anybody may launch.
struct Image {
  std::string id;    ///< "ami-0123456789abcdef0"; another in each region
  std::string name;  ///< "al2023-ami-2023.9.20260215.0-kernel-6.1-x86_64"
  std::string architecture;
  std::string kernel;  ///< "6.1"
  TimePoint created;
};

inline constexpr std::string_view kImageOwner = "137112412989";  // Amazon's

/// The Amazon Linux 2023 images of a region that are published at `now`, newest first: two
/// architectures, a release every two weeks, those of the last months.
std::vector<Image> images(const model::Region& region, TimePoint now);

/// Also one that is not published any more.
std::optional<Image> find_image(const model::Region& region, std::string_view id, TimePoint now);

}  // namespace spotvane::lab
