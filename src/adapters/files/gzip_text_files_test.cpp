#include "adapters/files/gzip_text_files.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include <sys/stat.h>

#include "spotlake/score_scan.hpp"

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
    const auto stream = files.open(folder / name);
    if (!stream) {
      return tl::unexpected(stream.error());
    }
    std::string text;
    while (true) {
      const auto piece = (*stream)->next();
      if (!piece) {
        text_before_damage = text;
        return tl::unexpected(piece.error());
      }
      if (piece->empty()) {
        return text;
      }
      text += *piece;
    }
  }

  std::string text_before_damage;
  fs::path folder = fs::path{SPOTVANE_BINARY_DIR} / "gzip_text_files_test";
  GzipTextFiles files;
};

TEST_F(GzipFiles, ListsFilesOfAllDepthsByPath) {
  write("b.csv", "");
  write("a/c/d.csv.gz", "");
  fs::create_directories(folder / "a" / "empty");

  EXPECT_THAT(files.list(folder)->files, testing::ElementsAre("a/c/d.csv.gz", "b.csv"));
  EXPECT_THAT(files.list(folder)->empty_folders, testing::ElementsAre("a/empty"));
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

TEST_F(GzipFiles, ReadsAPipeAsAnyOtherFile) {
  const auto path = (folder / "pipe.csv").string();
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const auto writer = std::async(std::launch::async, [&] { write("pipe.csv", "a,b\n1,2\n"); });

  EXPECT_EQ(*read("pipe.csv"), "a,b\n1,2\n");
  writer.wait();
}

TEST_F(GzipFiles, ReadsTextTooLongToInflateAtOneGo) {
  std::string text;
  for (int i = 0; text.size() < 30'000'000; ++i) {
    text += fmt::format("{},", i);
  }
  write("long.csv.gz", gzip(text));

  EXPECT_EQ(*read("long.csv.gz"), text);
}

TEST_F(GzipFiles, HandsOutWhatComesBeforeTheDamage) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += fmt::format("{},", i);
  }
  const auto bytes = gzip(text);
  write("cut.csv.gz", bytes.substr(0, bytes.size() / 2));

  EXPECT_FALSE(read("cut.csv.gz"));
  EXPECT_GT(text_before_damage.size(), text.size() / 4);
  EXPECT_TRUE(text.starts_with(text_before_damage));
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
  const auto list = spotlake::list_snapshots(files, golden / "archive");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->files.size(), 24);
  const auto scan =
      spotlake::scan_scores(files, *list, 2, [](const spotlake::ScanProgress&) { return true; });
  EXPECT_TRUE(scan.damage.empty());
  const auto result = market::initial_scores(scan.pools, {});

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
