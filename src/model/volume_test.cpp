#include "model/volume.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spotvane::model {

namespace {

const Region kVirginia{"us-east-1"};

TEST(VolumeUsdPerHour, IsTheShareOfAMonthOf720Hours) {
  EXPECT_DOUBLE_EQ(*volume_usd_per_hour({"io1", 20, 1000}, kVirginia), 0.09375);
  EXPECT_DOUBLE_EQ(*volume_usd_per_hour({"gp2", 72, 0}, kVirginia), 0.01);
  EXPECT_DOUBLE_EQ(*volume_usd_per_hour({}, kVirginia), 0.64 / 720);
}

TEST(VolumeUsdPerHour, AsksOnlyForIopsBeyondTheFreeOnes) {
  const auto plain = *volume_usd_per_hour({"gp3", 100, 0}, kVirginia);
  EXPECT_DOUBLE_EQ(*volume_usd_per_hour({"gp3", 100, 3000}, kVirginia), plain);
  EXPECT_DOUBLE_EQ(*volume_usd_per_hour({"gp3", 100, 4000}, kVirginia), plain + 5.0 / 720);
}

TEST(VolumeUsdPerHour, IsDearerElsewhere) {
  for (const auto* region : {"sa-east-1", "af-south-1"}) {
    EXPECT_GT(*volume_usd_per_hour({}, Region{region}), *volume_usd_per_hour({}, kVirginia));
  }
}

TEST(VolumeUsdPerHour, IsNotKnownOfWhatMakesNoSense) {
  for (const auto& volume : {VolumeSpec{"floppy", 1, 0}, VolumeSpec{"gp3", -1, 0},
                             VolumeSpec{"io1", 10, -1}, VolumeSpec{"gp2", NAN, 0}}) {
    EXPECT_EQ(volume_usd_per_hour(volume, kVirginia).error().kind, ErrorKind::InvalidInput);
  }
}

}  // namespace

}  // namespace spotvane::model
