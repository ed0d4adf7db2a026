#include "cli/commands/archive_generate.hpp"

#include "lab/catalog_data.hpp"
#include "spotlake/archive_generator.hpp"

namespace spotvane::cli {

namespace {

constexpr Day kFirstDay = std::chrono::sys_days{std::chrono::year{2024} / 11 / 1};
constexpr int kSnapshotsMost = 10 * 366 * 144;

}  // namespace

void ArchiveGenerate::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional("DIR", "a new or empty folder", folder_);
  flags.number("pools", "N", "pools in each snapshot, by names of the lab's catalog", pools_, 1,
               1'000'000);
  flags.number("snapshots", "K", "how many, one each ten minutes", snapshots_, 1, kSnapshotsMost);
  flags.seed("seed", "the same seed writes the same bytes (default 1)", seed_);
  flags.day("from", "the first snapshot's day (default 2024-11-01)", from_);
  flags.toggle("gzip", "compress each file", is_compressed_);
  flags.group("Change rates, as shares of all pools from one snapshot to the next");
  flags.real("sps-rate", "SHARE", "other scores", rates_.sps, 0.0, 1.0);
  flags.real("if-rate", "SHARE", "other interruption bands", rates_.interruption, 0.0, 1.0);
  flags.real("price-rate", "SHARE", "other spot prices", rates_.spot_price, 0.0, 1.0);
  flags.real("replace-rate", "SHARE", "pools that cease while others appear", rates_.replacement,
             0.0, 1.0);
}

Result<ExitCode> ArchiveGenerate::run(Environment& environment) {
  const auto catalog = lab::load_catalog_data();
  if (!catalog) {
    return tl::unexpected(catalog.error());
  }
  const spotlake::GeneratorOptions options{.pools = static_cast<std::size_t>(pools_),
                                           .snapshots = static_cast<std::size_t>(snapshots_),
                                           .from = from_.value_or(kFirstDay),
                                           .seed = seed_.value_or(1),
                                           .is_compressed = is_compressed_,
                                           .rates = rates_};
  auto& world = environment.world;
  const auto generated = spotlake::generate_archive(
      world.text_file_writer(), folder_, *catalog->catalog, options, [&](std::size_t done) {
        environment.console.progress(fmt::format("{} of {} snapshots", done, snapshots_));
        world.poll();
        return world.interrupts() == 0;
      });
  environment.console.clear_progress();
  if (!generated) {
    auto error = generated.error();
    return tl::unexpected(std::move(error).during("generate archive"));
  }
  environment.console.say(fmt::format("{} snapshots of {} pools below '{}': {} rows, {:.1f} MB{}",
                                      generated->snapshots, pools_, folder_, generated->rows,
                                      static_cast<double>(generated->bytes) / 1e6,
                                      is_compressed_ ? " before compression" : ""));
  return ExitCode::Done;
}

}  // namespace spotvane::cli
