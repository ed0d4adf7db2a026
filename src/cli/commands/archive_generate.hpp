#pragma once

#include "cli/command.hpp"
#include "spotlake/synthetic_market.hpp"

namespace spotvane::cli {

/// Writes a made-up archive of snapshots, for tests and benchmarks.
class ArchiveGenerate final : public Command {
 public:
  std::string_view summary() const override {
    return "write a made-up SpotLake archive, for tests and benchmarks";
  }
  std::string_view example() const override {
    return "spotvane archive generate made_up --pools 60000 --snapshots 144 --seed 7 --gzip";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string folder_;
  int pools_ = 10'000;
  int snapshots_ = 144;
  std::optional<std::uint64_t> seed_ = {};
  std::optional<Day> from_ = {};
  bool is_compressed_ = false;
  spotlake::ChangeRates rates_ = {};
};

}  // namespace spotvane::cli
