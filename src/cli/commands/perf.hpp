#pragma once

#include "cli/command.hpp"
#include "model/performance.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Takes over what another system has measured.
class PerfImport final : public Command {
 public:
  std::string_view summary() const override {
    return "take over what a CloudPITS database knows of instances' speed";
  }
  std::string_view example() const override {
    return "MYSQL_PWD=... spotvane perf import mysql://ana@db.example/experimentos";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string url_ = {};
};

/// How fast which instances did which work.
class PerfShow final : public Command {
 public:
  std::string_view summary() const override { return "show how fast instances did which work"; }
  std::string_view example() const override {
    return "spotvane perf show tonga --parameter aph=600 --output csv";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  bool is_wanted(const model::Workload& workload, const model::Dataset* dataset) const;

  std::optional<std::string> dataset_ = {};
  std::vector<std::string> parameter_words_ = {};
  model::Parameters parameters_ = {};
  int top_ = 40;
};

}  // namespace spotvane::cli
