#include "adapters/http/url_host.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

TEST(UrlHost, IsAllOfAUrlThatMayBeShown) {
  EXPECT_EQ(host_and_port("https://ec2.us-east-1.amazonaws.com/?Action=x"),
            "ec2.us-east-1.amazonaws.com");
  EXPECT_EQ(host_and_port("http://localhost:4599"), "localhost:4599");
  EXPECT_EQ(host_and_port("http://someone:secret@proxy:80/p@th"), "proxy:80");
  EXPECT_EQ(host_and_port("http://[::1]:80?secret=1"), "[::1]:80");
  EXPECT_EQ(host_and_port("localhost?secret=1"), "localhost");
}

TEST(UrlHost, IsReachedWithoutAProxyOnThisMachineAndForMetadata) {
  for (const auto* host : {"localhost:4599", "127.0.0.1", "127.8.0.1:80", "[::1]:80",
                           "169.254.169.254", "169.254.170.2", "[fd00:ec2::254]"}) {
    EXPECT_TRUE(is_always_direct(host)) << host;
  }
  for (const auto* host : {"ec2.us-east-1.amazonaws.com", "localhost.example", "10.0.0.1:3128"}) {
    EXPECT_FALSE(is_always_direct(host)) << host;
  }
}

}  // namespace
}  // namespace spotvane::adapters
