#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// SQL over the archive.
class Query final : public Command {
 public:
  std::string_view summary() const override { return "run SQL over the market archive"; }
  std::string_view example() const override {
    return "spotvane query \"select region, count(*) as changes from market group by region\"";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string sql_;
};

}  // namespace spotvane::cli
