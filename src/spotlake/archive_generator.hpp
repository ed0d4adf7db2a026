#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/catalog.hpp"
#include "ports/text_file_writer.hpp"
#include "spotlake/synthetic_market.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace spotvane::spotlake {

struct GeneratorOptions {
  std::size_t pools = 10'000;
  std::size_t snapshots = 144;  ///< one each ten minutes
  TimePoint from;               ///< of the first
  std::uint64_t seed = 1;
  bool is_compressed = false;
  ChangeRates rates = {};
};

struct GeneratedArchive {
  std::size_t snapshots = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  ///< before compression
};

/// Asked before each snapshot with the number that is done; false ends it there.
using GoOn = std::function<bool(std::size_t done)>;

/// Writes a made-up archive in SpotLake's layout ("aws/aws-2024-11/01/00-10-00.csv") into a new or
/// empty folder: the same options, the same bytes. Fails with `InvalidInput` where the folder is
/// not empty or the catalog has fewer pools, with `Cancelled` where `go_on` says no, and as
/// `TextFileWriter` does.
Result<GeneratedArchive> generate_archive(TextFileWriter& files, const std::filesystem::path& root,
                                          const model::Catalog& catalog,
                                          const GeneratorOptions& options, const GoOn& go_on);

}  // namespace spotvane::spotlake
