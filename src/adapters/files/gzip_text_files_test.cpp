#include "adapters/files/gzip_text_files.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "market/initial_score.hpp"
#include "spotlake/snapshot_reader.hpp"

namespace spotvane::adapters {
namespace {

namespace fs = std::filesystem;

class GzipFiles : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }

  void write(const std::string& name, const std::string& bytes) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream{folder / name, std::ios::binary} << bytes;
  }

  static std::string gzip(const std::string& text) {
    std::string bytes(text.size() + 1'000, '\0');
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_out = static_cast<uInt>(bytes.size());
    deflate(&stream, Z_FINISH);
    bytes.resize(bytes.size() - stream.avail_out);
    deflateEnd(&stream);
    return bytes;
  }

  Result<std::string> read(const std::string& name) {
    std::string text;
    return files.read(folder / name, [&](std::string_view piece) { text += piece; }).map([&] {
      return text;
    });
  }

  fs::path folder = fs::path{SPOTVANE_BINARY_DIR} / "gzip_text_files_test";
  GzipTextFiles files;
};

TEST_F(GzipFiles, ListsFilesOfAllDepthsByPath) {
  write("b.csv", "");
  write("a/c/d.csv.gz", "");

  EXPECT_THAT(*files.list(folder), testing::ElementsAre("a/c/d.csv.gz", "b.csv"));
}

TEST_F(GzipFiles, SaysWhereThereIsNoFolder) {
  write("file", "");

  EXPECT_EQ(files.list(folder / "none").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(files.list(folder / "file").error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(read("none").error().kind, ErrorKind::NotFound);
}

TEST_F(GzipFiles, ReadsPlainAndCompressedText) {
  std::string text(3'000'000, 'x');  // compresses so well that one piece fills many buffers
  write("plain.csv", text);
  write("packed.csv.gz", gzip(text));
  write("members.csv.gz", gzip("one,") + gzip("two"));

  EXPECT_EQ(*read("plain.csv"), text);
  EXPECT_EQ(*read("packed.csv.gz"), text);
  EXPECT_EQ(*read("members.csv.gz"), "one,two");
}

TEST_F(GzipFiles, SaysWhenCompressedDataIsCutShortOrIsNone) {
  const auto bytes = gzip("some text that goes on for a while");
  write("cut.csv.gz", bytes.substr(0, bytes.size() / 2));
  write("text.csv.gz", "not gzip at all");
  write("empty.csv.gz", "");

  EXPECT_EQ(read("cut.csv.gz").error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(read("text.csv.gz").error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(read("empty.csv.gz").error().kind, ErrorKind::Corrupt);
}

TEST_F(GzipFiles, GiveTheInitialScoresThatPandasGives) {
  const fs::path golden{SPOTVANE_SOURCE_DIR "/tests/data/spotlake"};
  market::InitialScoreTable table;
  const auto reading =
      spotlake::read_snapshots(files, golden / "archive", [&](const spotlake::SnapshotRow& row) {
        table.add(row.instance_type, row.region, row.sps, row.interruption_halves);
      });
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->files, 24);
  EXPECT_TRUE(reading->damage.empty());
  const auto result = table.scores({});

  std::ifstream expected{golden / "initial_score.csv"};
  std::string line;
  std::getline(expected, line);
  for (const auto& score : result->scores) {
    ASSERT_TRUE(std::getline(expected, line));
    std::istringstream cells{line};
    std::string type;
    std::string region;
    std::string value;
    std::getline(cells, type, ',');
    std::getline(cells, region, ',');
    EXPECT_EQ(score.pool.type.text(), type);
    EXPECT_EQ(score.pool.region.text(), region);
    for (const double ours : {score.sps_cov, score.if_cov, score.score}) {
      std::getline(cells, value, ',');
      EXPECT_NEAR(ours / std::stod(value), 1.0, 1e-12);
    }
  }
  EXPECT_FALSE(std::getline(expected, line));
}

}  // namespace
}  // namespace spotvane::adapters
