#pragma once

#include "cli/command.hpp"

namespace spotvane::cli {

/// Serves the lab until it is stopped.
class LabCommand final : public Command {
 public:
  std::string_view summary() const override {
    return "serve an AWS-compatible spot market on this machine";
  }
  std::string_view example() const override {
    return "spotvane lab --port 4599 --speed 600 &\n"
           "  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test \\\n"
           "  AWS_ENDPOINT_URL=http://127.0.0.1:4599 spotvane collect";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  int port_ = 4599;
  std::string speed_ = "1";
  std::optional<std::uint64_t> seed_ = {};
  std::optional<std::string> start_ = {};
  std::optional<std::string> credentials_ = {};
  std::optional<std::string> scenario_ = {};
  std::string instances_ = "modelled";
  int score_configurations_ = 50;
  bool enables_all_regions_ = false;
};

}  // namespace spotvane::cli
