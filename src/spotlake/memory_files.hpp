#pragma once

#include "ports/text_files.hpp"

#include <map>
#include <string>
#include <string_view>

namespace spotvane::spotlake {

/// For tests: a text in memory, handed out `piece` letters at a time; one that is cut has no end.
class MemoryText final : public TextStream {
 public:
  MemoryText(std::string_view text, std::size_t piece, bool is_cut = false)
      : text_{text}, piece_{piece}, is_cut_{is_cut} {}

  Result<std::string_view> next() override {
    const auto piece = text_.substr(0, piece_);
    text_.remove_prefix(piece.size());
    if (piece.empty() && is_cut_) {
      return fail(ErrorKind::Corrupt, "cut short");
    }
    return piece;
  }

 private:
  std::string_view text_;
  std::size_t piece_;
  bool is_cut_;
};

/// For tests: files below "root"; one that ends in '~' is cut there.
class MemoryFiles final : public TextFiles {
 public:
  using Contents = std::map<std::filesystem::path, std::string>;

  explicit MemoryFiles(Contents the_contents, std::size_t piece = 3)
      : contents{std::move(the_contents)}, piece_{piece} {}

  Result<FolderListing> list(const std::filesystem::path& /*root*/) override {
    FolderListing listing{.files = {}, .empty_folders = empty_folders};
    for (const auto& [path, text] : contents) {
      listing.files.push_back(path);
    }
    return listing;
  }

  Result<std::unique_ptr<TextStream>> open(const std::filesystem::path& file) override {
    const auto found = contents.find(file.lexically_relative("root"));
    if (found == contents.end()) {
      return fail(ErrorKind::NotFound, "could not be opened");
    }
    std::string_view text{found->second};
    const bool is_cut = text.ends_with('~');
    text.remove_suffix(is_cut ? 1 : 0);
    return std::make_unique<MemoryText>(text, piece_, is_cut);
  }

  Contents contents;
  std::vector<std::filesystem::path> empty_folders = {};

 private:
  std::size_t piece_;
};

}  // namespace spotvane::spotlake
