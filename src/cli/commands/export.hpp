#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// The archive of the market or of probes, or the answer of SQL over it, as one file for other
/// tools.
class Export final : public Command {
 public:
  std::string_view summary() const override { return "write the archive to one file"; }
  std::string_view example() const override {
    return "spotvane export --format parquet --to market.parquet --from 2026-08-01";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string sql() const;

  std::string format_ = "csv";
  std::string target_;
  std::string table_ = "market";
  std::optional<std::string> sql_ = {};
  std::optional<Day> from_ = {};
  std::optional<Day> until_ = {};
};

}  // namespace spotvane::cli
