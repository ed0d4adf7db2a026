#include "adapters/files/gzip_stream.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

namespace spotvane::adapters {

namespace {

constexpr std::size_t kPackedPieceBytes = 64U << 10U;
constexpr std::size_t kPieceBytes = 256U << 10U;

// What is inflated at one go: some five times a snapshot of 60,000 pools, and little enough for
// every core to hold one.
constexpr std::size_t kMostPackedBytes = 8U << 20U;
constexpr std::size_t kMostPlainBytes = 24U << 20U;
constexpr std::size_t kMostExpansion = 1032;  // deflate's own limit

/// Letters whose memory is not cleared before they are written.
struct Letters {
  std::unique_ptr<char[]> memory;
  std::size_t room = 0;
  std::size_t size = 0;

  explicit Letters(std::size_t capacity)
      : memory{std::make_unique_for_overwrite<char[]>(capacity)}, room{capacity} {}

  void grow(std::size_t capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(larger.get(), memory.get(), size);
    memory = std::move(larger);
    room = capacity;
  }
};

std::optional<Letters> read_packed(OpenFile& file) {
  const auto bytes = file.bytes();
  if (bytes == 0 || bytes > kMostPackedBytes) {
    return std::nullopt;
  }
  Letters packed{static_cast<std::size_t>(bytes)};
  while (packed.size < packed.room) {
    const auto count =
        file.read({packed.memory.get() + packed.size, packed.room - packed.size}).value_or(0);
    if (count == 0) {
      return std::nullopt;
    }
    packed.size += count;
  }
  return packed;
}

/// How long the text will be, by what the last member says of itself: a guess, as damage may have
/// written it.
std::size_t expected_length(const Letters& packed) {
  std::array<std::uint8_t, 4> tail{};
  if (packed.size >= tail.size()) {
    std::memcpy(tail.data(), packed.memory.get() + packed.size - tail.size(), tail.size());
  }
  const auto said = static_cast<std::size_t>(tail[0]) | static_cast<std::size_t>(tail[1]) << 8U |
                    static_cast<std::size_t>(tail[2]) << 16U |
                    static_cast<std::size_t>(tail[3]) << 24U;
  return std::clamp(said, kPackedPieceBytes,
                    std::min(kMostExpansion * packed.size, kMostPlainBytes) + kPackedPieceBytes);
}

/// All of the text; nothing where it is longer than `kMostPlainBytes`, or damaged.
std::optional<Letters> inflate_at_one_go(const Letters& packed) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater{
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor};
  Letters plain{expected_length(packed)};
  std::size_t used = 0;
  while (inflater != nullptr && used < packed.size) {
    std::size_t in = 0;
    std::size_t out = 0;
    const auto result = libdeflate_gzip_decompress_ex(
        inflater.get(), packed.memory.get() + used, packed.size - used,
        plain.memory.get() + plain.size, plain.room - plain.size, &in, &out);
    if (result == LIBDEFLATE_SUCCESS) {
      used += in;
      plain.size += out;
    } else if (result == LIBDEFLATE_INSUFFICIENT_SPACE && plain.room < kMostPlainBytes) {
      plain.grow(std::min(2 * plain.room, kMostPlainBytes));
    } else {
      return std::nullopt;
    }
  }
  return used == packed.size && plain.size <= kMostPlainBytes ? std::optional{std::move(plain)}
                                                              : std::nullopt;
}

/// Inflates by zlib what a file holds, a piece at a time: any length, and what damage spares.
class PieceByPiece {
 public:
  PieceByPiece() { inflateInit2(&stream_, kGzipWindow); }
  ~PieceByPiece() { inflateEnd(&stream_); }
  PieceByPiece(const PieceByPiece&) = delete;
  PieceByPiece& operator=(const PieceByPiece&) = delete;

  Result<std::string_view> next(OpenFile& file) {
    if (damage_) {
      return tl::unexpected(*damage_);
    }
    stream_.next_out = reinterpret_cast<Bytef*>(plain_.data());
    stream_.avail_out = static_cast<uInt>(plain_.size());
    while (stream_.avail_out == plain_.size()) {
      if (stream_.avail_in == 0 && !is_at_end_) {
        const auto count = file.read(packed_);
        if (!count) {
          return tl::unexpected(count.error());
        }
        stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
        stream_.avail_in = static_cast<uInt>(*count);
        is_at_end_ = *count == 0;
      }
      if (is_at_end_ && stream_.avail_in == 0 && is_complete_) {
        return std::string_view{};
      }
      if (auto stepped = step(); !stepped) {
        damage_ = std::move(stepped.error());
        break;
      }
    }
    const std::size_t count = plain_.size() - stream_.avail_out;
    if (count == 0 && damage_) {
      return tl::unexpected(*damage_);
    }
    return std::string_view{plain_.data(), count};  // what comes before the damage
  }

 private:
  Result<void> step() {
    if (is_complete_) {
      inflateReset(&stream_);  // another member follows
      is_complete_ = false;
    }
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) {
      is_complete_ = true;
    } else if (code == Z_BUF_ERROR && is_at_end_) {
      return fail(ErrorKind::Corrupt, "cut short: the compressed data has no end");
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return fail(ErrorKind::Corrupt, "not gzip, or damaged: {}",
                  stream_.msg != nullptr ? stream_.msg : "unexpected data");
    }
    return {};
  }

  z_stream stream_{};
  std::vector<char> packed_ = std::vector<char>(kPackedPieceBytes);
  std::vector<char> plain_ = std::vector<char>(kPieceBytes);
  bool is_at_end_ = false;
  bool is_complete_ = false;
  std::optional<Error> damage_;
};

class GzipStream final : public TextStream {
 public:
  explicit GzipStream(std::unique_ptr<OpenFile> file) : file_{std::move(file)} {}

  void go_piece_by_piece() { pieces_.emplace(); }

  Result<std::string_view> next() override {
    if (!plain_ && !pieces_) {
      begin();
    }
    if (pieces_) {
      return pieces_->next(*file_);
    }
    const auto count = std::min(kPieceBytes, plain_->size - handed_out_);
    const std::string_view piece{plain_->memory.get() + handed_out_, count};
    handed_out_ += count;
    return piece;
  }

 private:
  void begin() {
    if (const auto packed = read_packed(*file_)) {
      plain_ = inflate_at_one_go(*packed);
    }
    if (!plain_) {
      file_->rewind();
      go_piece_by_piece();
    }
  }

  std::unique_ptr<OpenFile> file_;
  std::optional<Letters> plain_;
  std::size_t handed_out_ = 0;
  std::optional<PieceByPiece> pieces_;
};

}  // namespace

std::unique_ptr<TextStream> open_gzip(std::unique_ptr<OpenFile> file) {
  return std::make_unique<GzipStream>(std::move(file));
}

std::unique_ptr<TextStream> open_gzip_piece_by_piece(std::unique_ptr<OpenFile> file) {
  auto stream = std::make_unique<GzipStream>(std::move(file));
  stream->go_piece_by_piece();
  return stream;
}

}  // namespace spotvane::adapters
