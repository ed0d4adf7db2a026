#include "adapters/files/gzip_text_file_writer.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/files/gzip_text_files.hpp"
#include "support/scratch_folder.hpp"

namespace spotvane::adapters {
namespace {

class GzipWriter : public testing::Test {
 protected:
  std::string bytes(const std::string& name) const {
    std::ifstream stream{folder / name, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }

  support::ScratchFolder folder;
  GzipTextFileWriter files;
};

TEST_F(GzipWriter, WritesWhatTheReaderReads) {
  const std::string text(1'000'000, 'x');
  ASSERT_TRUE(files.write(folder / "a/b/plain.csv", text));
  ASSERT_TRUE(files.write(folder / "a/b/packed.csv.gz", text));

  EXPECT_EQ(bytes("a/b/plain.csv"), text);
  EXPECT_LT(bytes("a/b/packed.csv.gz").size(), text.size() / 100);
  const auto stream = GzipTextFiles{}.open(folder / "a/b/packed.csv.gz");
  ASSERT_TRUE(stream);
  std::string unpacked;
  for (auto piece = (*stream)->next(); piece && !piece->empty(); piece = (*stream)->next()) {
    unpacked += *piece;
  }
  EXPECT_EQ(unpacked, text);
}

TEST_F(GzipWriter, CompressesTheSameTextToTheSameBytes) {
  ASSERT_TRUE(files.write(folder / "one.csv.gz", "some text"));
  ASSERT_TRUE(files.write(folder / "two.csv.gz", "some text"));

  EXPECT_EQ(bytes("one.csv.gz"), bytes("two.csv.gz"));
}

TEST_F(GzipWriter, ClaimsNewAndEmptyFoldersOnly) {
  EXPECT_TRUE(files.claim_folder(folder / "new/one"));
  EXPECT_TRUE(files.claim_folder(folder / "new/one"));
  ASSERT_TRUE(files.write(folder / "new/one/file.csv", ""));

  EXPECT_EQ(files.claim_folder(folder / "new/one").error().kind, ErrorKind::InvalidInput);
  EXPECT_FALSE(files.claim_folder(folder / "new/one/file.csv"));
}

TEST_F(GzipWriter, SaysWhenTheDiskIsFull) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full here";
  }
  std::filesystem::create_symlink("/dev/full", folder / "full.csv");

  const auto written = files.write(folder / "full.csv", "some text");

  EXPECT_EQ(written.error().kind, ErrorKind::Storage);
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(folder / "full.csv")));
}

}  // namespace
}  // namespace spotvane::adapters
