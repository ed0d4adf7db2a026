#include "adapters/files/plain_text.hpp"

#include <vector>

namespace spotvane::adapters {

namespace {

constexpr std::size_t kPlainPieceBytes = 128U << 10U;  // stays in the second-level cache

/// Copied out of the page cache: mapping files takes as long (its page faults cost what the copy
/// does), and a file that becomes shorter meanwhile would end the process.
class PlainText final : public TextStream {
 public:
  explicit PlainText(std::unique_ptr<OpenFile> file) : file_{std::move(file)} {}

  Result<std::string_view> next() override {
    return file_->read(piece_).map(
        [this](std::size_t count) { return std::string_view{piece_.data(), count}; });
  }

 private:
  std::unique_ptr<OpenFile> file_;
  std::vector<char> piece_ = std::vector<char>(kPlainPieceBytes);
};

}  // namespace

std::unique_ptr<TextStream> open_plain(std::unique_ptr<OpenFile> file) {
  return std::make_unique<PlainText>(std::move(file));
}

}  // namespace spotvane::adapters
