#include "adapters/aws/ec2_rows.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using testing::IsEmpty;
using testing::SizeIs;

Rows<model::InstanceTypeFacts> types_of(std::string_view vcpus, std::string_view gpus) {
  const auto body = fmt::format(
      "<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>g5.xlarge</instanceType>"
      "<vCpuInfo><defaultVCpus>{}</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>16384</sizeInMiB>"
      "</memoryInfo><gpuInfo><gpus>{}</gpus></gpuInfo></item></instanceTypeSet>"
      "</DescribeInstanceTypesResponse>",
      vcpus, gpus);
  Rows<model::InstanceTypeFacts> rows;
  EXPECT_TRUE(read_page(body, "DescribeInstanceTypes", "instanceTypeSet", rows));
  return rows;
}

TEST(Ec2Rows, AddUpTheGpusOfAType) {
  const auto rows =
      types_of("4", "<item><count>1</count></item><item><count>7</count></item><item/>");

  ASSERT_THAT(rows.good, SizeIs(1));
  EXPECT_EQ(rows.good.front().gpus, 8);
  EXPECT_EQ(rows.good.front().vcpus, 4);
}

TEST(Ec2Rows, LeaveTypesOutWhoseCountsNoMachineHas) {
  const auto too_many =
      "<item><count>2147483647</count></item><item><count>2147483647</count></item>";

  EXPECT_THAT(types_of("4", too_many).good, IsEmpty());
  EXPECT_THAT(types_of("4", "<item><count>-1</count></item>").good, IsEmpty());
  EXPECT_THAT(types_of("4294967298", "").good, IsEmpty()) << "not 2 of them";
  EXPECT_EQ(types_of("4294967298", "").bad, 1U);
}

}  // namespace

}  // namespace spotvane::adapters
