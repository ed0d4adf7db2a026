#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spotvane::spotlake {

/// Something in an archive that could not be used.
struct Damage {
  std::string file;        ///< below the archive's root
  std::uint64_t line = 0;  ///< from 1; 0: the file as a whole
  std::string reason;
};

/// "2024/11/01/00-10-00.csv, line 7: SPS 'x' is not a number".
std::string to_text(const Damage& damage);

inline constexpr std::size_t kDamageShown = 20;

/// What is damaged in one file: the first `kDamageShown` places, and how many more there are.
class FileDamage {
 public:
  explicit FileDamage(std::string file) : file_{std::move(file)} {}

  void add(std::uint64_t line, std::string reason);

  bool empty() const { return places_.empty(); }

  /// All of it, as it is to be shown.
  std::vector<Damage> take() &&;

 private:
  std::string file_;
  std::vector<Damage> places_;
  std::size_t further_ = 0;
};

}  // namespace spotvane::spotlake
