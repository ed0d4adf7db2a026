#include "lab/images.hpp"

#include "sim/value_noise.hpp"

#include <fmt/chrono.h>

#include <array>

namespace spotvane::lab {

namespace {

constexpr auto kReleasePeriod = std::chrono::days{14};
constexpr int kReleasesPublished = 6;
constexpr int kReleasesKnown = 60;
constexpr std::array<std::string_view, 2> kArchitectures{"x86_64", "arm64"};

void add_release(std::vector<Image>& all, const model::Region& region, Day day) {
  const std::chrono::year_month_day date{day};
  for (const auto architecture : kArchitectures) {
    Image image{
        .id = {},
        .name = fmt::format("al2023-ami-2023.{}.{:04}{:02}{:02}.0-kernel-6.1-{}",
                            1 + static_cast<unsigned>(date.month()) / 2,
                            static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                            static_cast<unsigned>(date.day()), architecture),
        .architecture = std::string{architecture},
        .kernel = "6.1",
        .created = day + std::chrono::hours{20}};
    image.id = fmt::format("ami-0{:016x}", sim::derive(sim::derive(0, region.text()), image.name));
    all.push_back(std::move(image));
  }
}

std::vector<Image> releases(const model::Region& region, TimePoint now, int most) {
  std::vector<Image> all;
  const auto since = day_of(now - std::chrono::hours{20}).time_since_epoch();
  auto day = Day{since - since % kReleasePeriod};
  for (int i = 0; i < most; ++i, day -= kReleasePeriod) {
    add_release(all, region, day);
  }
  return all;
}

}  // namespace

std::vector<Image> images(const model::Region& region, TimePoint now) {
  return releases(region, now, kReleasesPublished);
}

std::optional<Image> find_image(const model::Region& region, std::string_view id, TimePoint now) {
  for (auto& image : releases(region, now, kReleasesKnown)) {
    if (image.id == id) {
      return std::move(image);
    }
  }
  return std::nullopt;
}

}  // namespace spotvane::lab
