#include "spotlake/archive_generator.hpp"

namespace spotvane::spotlake {

namespace {

constexpr Duration kBetweenSnapshots = std::chrono::minutes{10};

/// "aws/aws-2024-11/01/00-10-00.csv".
std::filesystem::path snapshot_path(TimePoint time) {
  const auto iso = to_iso8601(time);  // "2024-11-01T00:10:00Z"
  return fmt::format("aws/aws-{}/{}/{}-{}-{}.csv", iso.substr(0, 7), iso.substr(8, 2),
                     iso.substr(11, 2), iso.substr(14, 2), iso.substr(17, 2));
}

}  // namespace

Result<GeneratedArchive> generate_archive(TextFileWriter& files, const std::filesystem::path& root,
                                          const model::Catalog& catalog,
                                          const GeneratorOptions& options, const GoOn& go_on) {
  auto market = SyntheticMarket::draw(catalog, options.pools, options.rates, options.seed);
  if (!market) {
    return tl::unexpected(market.error());
  }
  if (auto claimed = files.claim_folder(root); !claimed) {
    return tl::unexpected(claimed.error());
  }
  GeneratedArchive done;
  auto time = options.from;
  while (done.snapshots < options.snapshots) {
    if (!go_on(done.snapshots)) {
      return fail(ErrorKind::Cancelled, "stopped after {} of {} snapshots", done.snapshots,
                  options.snapshots);
    }
    const auto text = market->snapshot(time);
    auto path = root / snapshot_path(time);
    if (options.is_compressed) {
      path += ".gz";
    }
    if (auto written = files.write(path, text); !written) {
      return tl::unexpected(written.error());
    }
    ++done.snapshots;
    done.rows += options.pools;
    done.bytes += text.size();
    time += kBetweenSnapshots;
    market->advance();
  }
  return done;
}

}  // namespace spotvane::spotlake
