#include "spotlake/archive_generator.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/split.hpp"

namespace spotvane::spotlake {
namespace {

using testing::Each;
using testing::SizeIs;

constexpr Day kDay = std::chrono::sys_days{std::chrono::year{2024} / 11 / 1};

/// Files in memory, at most so many.
class FakeWriter final : public TextFileWriter {
 public:
  Result<void> claim_folder(const std::filesystem::path& /*folder*/) override {
    return files.empty() ? Result<void>{} : fail(ErrorKind::InvalidInput, "not empty");
  }
  Result<void> write(const std::filesystem::path& file, std::string_view text) override {
    if (files.size() == room) {
      return fail(ErrorKind::Storage, "the disk is full");
    }
    files.emplace(file.string(), text);
    return {};
  }

  std::map<std::string, std::string> files;
  std::size_t room = 1'000;
};

/// 4 types in 2 regions of 2 and 3 zones: 20 pools.
model::Catalog small_catalog() {
  model::Catalog catalog;
  for (const auto& [region, prefix, zones] :
       {std::tuple{"us-east-1", "use1", 2}, {"eu-west-1", "euw1", 3}}) {
    for (int zone = 1; zone <= zones; ++zone) {
      const model::ZoneId id{fmt::format("{}-az{}", prefix, zone)};
      catalog.zones.push_back({model::Region{region}, id, model::ZoneName{""}});
      for (const auto* type : {"m5.large", "c5.large", "r5.large", "t3.nano"}) {
        catalog.offerings.push_back({model::InstanceType{type}, id});
      }
    }
    catalog.on_demand_prices.push_back(
        {model::InstanceType{"m5.large"}, model::Region{region}, Money::from_micros(96'000)});
  }
  return catalog;
}

std::map<std::string, std::string> generate(const GeneratorOptions& options) {
  FakeWriter writer;
  const auto done =
      generate_archive(writer, "root", small_catalog(), options, [](auto) { return true; });
  EXPECT_TRUE(done) << done.error().message;
  return writer.files;
}

/// Of a snapshot: each pool ("m5.large,us-east-1,use1-az1") and its values.
std::map<std::string, std::vector<std::string>> rows(const std::string& text) {
  std::map<std::string, std::vector<std::string>> found;
  for (const auto line : split(text, '\n')) {
    const auto cells = split(line, ',');
    if (cells.size() == 11 && cells[0] != "Time") {
      found[fmt::format("{},{},{}", cells[1], cells[2], cells[3])] = {cells.begin() + 4,
                                                                      cells.end()};
    }
  }
  return found;
}

TEST(ArchiveGenerator, WritesSpotlakesLayoutAndColumns) {
  const auto files = generate({.pools = 5, .snapshots = 145, .from = kDay});

  EXPECT_THAT(files, SizeIs(145));
  EXPECT_EQ(files.begin()->first, "root/aws/aws-2024-11/01/00-00-00.csv");
  EXPECT_EQ(files.rbegin()->first, "root/aws/aws-2024-11/02/00-00-00.csv");
  const auto& second = files.at("root/aws/aws-2024-11/01/00-10-00.csv");
  EXPECT_THAT(second, testing::StartsWith(
                          "Time,InstanceType,Region,AZ,SPS,T3,T2,IF,OndemandPrice,SpotPrice,"
                          "Savings\n2024-11-01 00:10:00,"));
  EXPECT_EQ(std::count(second.begin(), second.end(), '\n'), 6);
}

TEST(ArchiveGenerator, WritesTheSameBytesForTheSameSeed) {
  const GeneratorOptions options{.pools = 10, .snapshots = 20, .from = kDay, .seed = 7};
  auto others = options;
  others.seed = 8;

  EXPECT_EQ(generate(options), generate(options));
  EXPECT_NE(generate(options), generate(others));
}

TEST(ArchiveGenerator, KeepsTheNumberOfPoolsWhileSomeCeaseAndOthersAppear) {
  const auto files =
      generate({.pools = 12, .snapshots = 100, .from = kDay, .rates = {.replacement = 0.1}});

  std::set<std::string> seen;
  for (const auto& [path, text] : files) {
    const auto pools = rows(text);
    EXPECT_THAT(pools, SizeIs(12)) << path;
    for (const auto& [pool, values] : pools) {
      seen.insert(pool);
    }
  }
  EXPECT_THAT(seen, SizeIs(20));
}

TEST(ArchiveGenerator, ChangesTheShareOfPoolsItIsTold) {
  const auto changed_scores = [](double rate) {
    const auto files =
        generate({.pools = 20,
                  .snapshots = 101,
                  .from = kDay,
                  .rates = {.sps = rate, .interruption = 0, .spot_price = 0, .replacement = 0}});
    int changes = 0;
    for (auto next = std::next(files.begin()); next != files.end(); ++next) {
      const auto before = rows(std::prev(next)->second);
      for (const auto& [pool, values] : rows(next->second)) {
        changes += values != before.at(pool) ? 1 : 0;
      }
    }
    return changes;
  };

  EXPECT_EQ(changed_scores(0.0), 0);
  EXPECT_EQ(changed_scores(0.25), 500);
  EXPECT_EQ(changed_scores(1.0), 2'000);
}

TEST(ArchiveGenerator, ChangesInterruptionsInAllZonesOfARegionAtOnce) {
  const auto files =
      generate({.pools = 20, .snapshots = 50, .from = kDay, .rates = {.interruption = 0.2}});

  for (const auto& [path, text] : files) {
    std::map<std::string, std::set<std::string>> bands;
    for (const auto& [pool, values] : rows(text)) {
      bands[pool.substr(0, pool.rfind(','))].insert(values[3] + " " + values[6]);
    }
    for (const auto& [regional, values] : bands) {
      EXPECT_THAT(values, SizeIs(1)) << regional;
    }
  }
}

TEST(ArchiveGenerator, StopsWhereTheDiskIsFullOrTheUserSaysSo) {
  FakeWriter writer;
  writer.room = 3;
  const GeneratorOptions options{.pools = 5, .snapshots = 10, .from = kDay};

  const auto full =
      generate_archive(writer, "root", small_catalog(), options, [](auto) { return true; });
  EXPECT_EQ(full.error().kind, ErrorKind::Storage);
  const auto again =
      generate_archive(writer, "root", small_catalog(), options, [](auto) { return true; });
  EXPECT_EQ(again.error().kind, ErrorKind::InvalidInput);

  FakeWriter other;
  const auto stopped = generate_archive(other, "root", small_catalog(), options,
                                        [](std::size_t done) { return done < 4; });
  EXPECT_EQ(stopped.error().kind, ErrorKind::Cancelled);
  EXPECT_THAT(other.files, SizeIs(4));
}

TEST(ArchiveGenerator, SaysHowManyPoolsThereAre) {
  FakeWriter writer;
  const auto result =
      generate_archive(writer, "root", small_catalog(), {.pools = 21, .snapshots = 1, .from = kDay},
                       [](auto) { return true; });

  EXPECT_EQ(result.error().message, "there are 1 to 20 pools to choose from, not 21");
  EXPECT_TRUE(writer.files.empty());
}

}  // namespace
}  // namespace spotvane::spotlake
