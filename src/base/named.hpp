#pragma once

#include <fmt/format.h>

#include <compare>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace spotvane {

/// A string that means one thing only: a `Named<RegionTag>` is never taken for a `Named<ZoneTag>`.
template <typename Tag>
class Named {
 public:
  Named() = default;
  explicit Named(std::string text) : text_{std::move(text)} {}

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  friend bool operator==(const Named&, const Named&) = default;
  friend std::strong_ordering operator<=>(const Named& left, const Named& right) {
    return left.text_.compare(right.text_) <=> 0;
  }

 private:
  std::string text_;
};

}  // namespace spotvane

template <typename Tag>
struct std::hash<spotvane::Named<Tag>> {
  std::size_t operator()(const spotvane::Named<Tag>& name) const noexcept {
    return std::hash<std::string>{}(name.text());
  }
};

template <typename Tag>
struct fmt::formatter<spotvane::Named<Tag>> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const spotvane::Named<Tag>& name, Context& context) const {
    return fmt::formatter<std::string_view>::format(name.text(), context);
  }
};
