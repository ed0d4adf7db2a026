#include "market/initial_score.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace spotvane::market {
namespace {

using testing::DoubleEq;
using testing::SizeIs;

VariationSums sums(const std::vector<int>& values) {
  VariationSums all;
  for (const int value : values) {
    all.add(value);
  }
  return all;
}

TEST(Variation, IsTheSampleDeviationOverTheMean) {
  EXPECT_THAT(*sums({1, 2, 3}).coefficient(), DoubleEq(0.5));
  EXPECT_THAT(*sums({6, 5, 6, 4}).coefficient(), DoubleEq(std::sqrt(2.75 / 3) / 5.25));
}

TEST(Variation, IsExactlyZeroForAConstantHoweverLong) {
  VariationSums all;
  for (int i = 0; i < 1'000'000; ++i) {
    all.add(3);
  }
  EXPECT_EQ(all.coefficient(), 0.0);
}

TEST(Variation, DoesNotExistForFewerThanTwoValues) {
  EXPECT_EQ(sums({}).coefficient(), std::nullopt);
  EXPECT_EQ(sums({3}).coefficient(), std::nullopt);
}

TEST(InitialScore, IsTheProductOverAllZonesOfARegion) {
  PoolVariations table;
  for (const int value : {1, 2, 3}) {
    table.add("m5.large", "us-east-1", value, 2 * value);
  }
  const auto result = initial_scores(table.pools(), {});

  ASSERT_THAT(result->scores, SizeIs(1));
  EXPECT_THAT(result->scores[0].score, DoubleEq(0.25));
}

TEST(InitialScore, IgnoresMissingValuesColumnByColumn) {
  PoolVariations table;
  table.add("m5.large", "us-east-1", 1, std::nullopt);
  table.add("m5.large", "us-east-1", 2, 2);
  table.add("m5.large", "us-east-1", 3, 4);
  table.add("m5.large", "us-east-1", std::nullopt, 6);
  const auto result = initial_scores(table.pools(), {});

  ASSERT_THAT(result->scores, SizeIs(1));
  EXPECT_THAT(result->scores[0].sps_cov, DoubleEq(0.5));
  EXPECT_THAT(result->scores[0].if_cov, DoubleEq(0.5));
}

TEST(InitialScore, LeavesOutSteadyPoolsAndCountsThoseWithTooFewRows) {
  PoolVariations table;
  table.add("steady.large", "us-east-1", 3, 6);
  table.add("steady.large", "us-east-1", 3, 4);
  table.add("once.large", "us-east-1", 3, 6);
  const auto result = initial_scores(table.pools(), {});

  EXPECT_THAT(result->scores, SizeIs(0));
  EXPECT_EQ(result->pools, 2);
  EXPECT_EQ(result->steady, 1);
  EXPECT_EQ(result->too_few_rows, 1);
}

TEST(InitialScore, ChoosesSizesByExpression) {
  PoolVariations table;
  for (const auto* type : {"m5.large", "m5.metal", "m5.medium"}) {
    table.add(type, "us-east-1", 1, 2);
    table.add(type, "us-east-1", 3, 4);
  }
  EXPECT_EQ(initial_scores(table.pools(), {.include = "^m"})->pools, 2);
  EXPECT_EQ(initial_scores(table.pools(), {.exclude = "metal|large"})->pools, 1);
  EXPECT_EQ(initial_scores(table.pools(), {.include = "["}).error().kind, ErrorKind::InvalidInput);
}

TEST(InitialScore, DoesNotDependOnTheOrderOfRows) {
  PoolVariations forward;
  PoolVariations backward;
  PoolVariations other_half;
  for (int i = 0; i < 1'000; ++i) {
    forward.add("m5.large", "us-east-1", i % 7 + 1, i % 5 + 2);
    const int back = 999 - i;
    (i < 500 ? backward : other_half).add("m5.large", "us-east-1", back % 7 + 1, back % 5 + 2);
  }
  backward.add(other_half);

  EXPECT_EQ(initial_scores(forward.pools(), {})->scores[0].score,
            initial_scores(backward.pools(), {})->scores[0].score);
}

/// The cells of a table without quoted fields; none where `command` prints nothing.
std::vector<std::vector<std::string>> read_table(const std::string& command) {
  std::string text;
  if (auto* pipe = popen((command + " 2>/dev/null").c_str(), "r"); pipe != nullptr) {
    std::array<char, 4096> piece{};
    while (const auto size = std::fread(piece.data(), 1, piece.size(), pipe)) {
      text.append(piece.data(), size);
    }
    pclose(pipe);
  }
  std::istringstream lines{text};
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    auto& row = rows.emplace_back();
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
      end = line.find(',', begin);
      row.push_back(line.substr(begin, end - begin));
    }
  }
  return rows;
}

TEST(InitialScore, RanksAPublishedStudysPoolsAsTheStudyDid) {
  const std::string folder = SPOTVANE_SOURCE_DIR "/../shared/data/spotlake/";
  const auto expected = read_table("cat '" + folder + "nick_score_e1f7c0e.csv'");
  const auto covs = read_table("xz -dc '" + folder + "nick_cov_e1f7c0e.csv.xz'");
  if (expected.empty() || covs.empty()) {
    GTEST_SKIP() << "the study's data is not at hand: '" << folder << "'";
  }
  std::vector<model::InitialScore> scores;
  for (std::size_t i = 1; i < covs.size(); ++i) {
    const auto& row = covs[i];
    if (row[0].find("metal") == std::string::npos && row[0].find("large") == std::string::npos) {
      scores.push_back({{model::InstanceType{row[0]}, model::Region{row[1]}},
                        std::stod(row[2]),
                        std::stod(row[3]),
                        0.0});
    }
  }
  const auto ranked = rank(scores);

  ASSERT_EQ(ranked.size(), expected.size() - 1);
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    EXPECT_EQ(ranked[i].pool.type.text(), expected[i + 1][0]);
    EXPECT_EQ(ranked[i].pool.region.text(), expected[i + 1][1]);
    EXPECT_THAT(ranked[i].score, testing::DoubleNear(std::stod(expected[i + 1][2]), 1e-15));
  }
}

}  // namespace
}  // namespace spotvane::market
