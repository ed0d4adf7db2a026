#include "lab/catalog_data.hpp"

#include "lab/xz.hpp"

#include <gtest/gtest.h>

#include <set>

namespace spotvane::lab {

namespace {

const CatalogData& data() {
  static const auto loaded = load_catalog_data();
  return loaded.value();
}

TEST(CatalogData, HoldsTheRealCatalog) {
  const auto& catalog = *data().catalog;
  EXPECT_EQ(catalog.regions.size(), 30u);
  EXPECT_EQ(catalog.zones.size(), 94u);
  EXPECT_EQ(catalog.types.size(), 1373u);
  EXPECT_EQ(catalog.offerings.size(), 62306u);
  EXPECT_EQ(catalog.on_demand_prices.size(), 17081u);
  EXPECT_EQ(catalog.advisor.size(), 25323u);
}

TEST(CatalogData, EnablesTheSeventeenRegionsOfEveryAccount) {
  int enabled = 0;
  for (const auto& region : data().catalog->regions) {
    enabled += region.is_enabled ? 1 : 0;
  }
  EXPECT_EQ(enabled, 17);
}

TEST(CatalogData, GivesEachZoneANameOfItsOwn) {
  std::set<model::ZoneName> names;
  for (const auto& zone : data().catalog->zones) {
    EXPECT_TRUE(zone.name.text().starts_with(zone.region.text())) << zone.name.text();
    names.insert(zone.name);
  }
  EXPECT_EQ(names.size(), 94u);
}

TEST(CatalogData, KnowsTheFactsOfATypeByHeart) {
  const auto& types = data().catalog->types;
  const auto found = std::find_if(types.begin(), types.end(), [](const auto& facts) {
    return facts.type.text() == "p5.48xlarge";
  });
  ASSERT_NE(found, types.end());
  EXPECT_EQ(found->vcpus, 192);
  EXPECT_EQ(found->memory_mib, 2048 * 1024);
  EXPECT_EQ(found->gpus, 8);
  EXPECT_EQ(found->architectures, std::vector<std::string>{"x86_64"});
  EXPECT_FALSE(found->is_bare_metal);
}

TEST(InstanceTypeBook, WritesMembersUnderEc2sNames) {
  wire::XmlWriter xml;
  data().types->write(xml, model::InstanceType{"g4dn.xlarge"});
  const auto written = std::move(xml).take();
  EXPECT_NE(written.find("<instanceType>g4dn.xlarge</instanceType>"), std::string::npos);
  EXPECT_NE(written.find("<vCpuInfo><defaultCores>2</defaultCores>"), std::string::npos);
  EXPECT_NE(written.find("<supportedUsageClasses><item>on-demand</item><item>spot</item>"),
            std::string::npos);
}

TEST(InstanceTypeBook, LooksThroughListsForFilterValues) {
  const model::InstanceType type{"m5d.24xlarge"};
  const auto& book = *data().types;
  EXPECT_EQ(book.filter_values("instance-storage-info.disk.type", type),
            std::vector<std::string>{"ssd"});
  EXPECT_EQ(book.filter_values("supported-usage-class", type),
            (std::vector<std::string>{"on-demand", "spot"}));
  EXPECT_TRUE(book.filter_values("gpu-info", type).empty());
  EXPECT_FALSE(InstanceTypeBook::knows_filter("gpu-info"));
  EXPECT_EQ(book.cpu_manufacturer(type), "intel");
}

TEST(InstanceTypeBook, RefusesWhatIsNoBook) {
  EXPECT_EQ(InstanceTypeBook::parse("{").error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(InstanceTypeBook::parse(R"({"m5.large": {}})").error().kind, ErrorKind::Corrupt);
}

TEST(UnpackXz, RefusesWhatIsNotXz) {
  EXPECT_EQ(unpack_xz("no").error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(unpack_xz("").error().kind, ErrorKind::Corrupt);
}

}  // namespace

}  // namespace spotvane::lab
