#pragma once

#include "cli/command.hpp"
#include "market/catalog_choice.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Asks AWS what instance types there are, and keeps it.
class CatalogSync final : public Command {
 public:
  std::string_view summary() const override {
    return "ask AWS for the instance types of each region, and keep them";
  }
  std::string_view example() const override {
    return "spotvane catalog sync --regions us-east-1,eu-west-1";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::vector<std::string> regions_;
};

/// The types of a region that fit.
class CatalogTypes final : public Command {
 public:
  std::string_view summary() const override { return "choose instance types by what they have"; }
  std::string_view example() const override {
    return "spotvane catalog types --region us-east-1 --arch arm64 --min-vcpu 4 --max-memory 32 "
           "--max-price 0.3";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::string> region_ = {};
  market::CatalogChoice choice_;
  int top_ = 40;
};

/// Which architecture a family has.
class CatalogArch final : public Command {
 public:
  std::string_view summary() const override { return "say the architecture of each family"; }
  std::string_view example() const override { return "spotvane catalog arch t4g"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::string> family_ = {};
  std::optional<std::string> region_ = {};
};

/// The image that boots a type in a region.
class CatalogAmi final : public Command {
 public:
  std::string_view summary() const override {
    return "print the Amazon Linux 2023 image that boots a type";
  }
  std::string_view example() const override { return "spotvane catalog ami ap-south-1 t4g.nano"; }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string region_;
  std::string type_;
};

/// The zones of a region, and what each offers.
class CatalogZones final : public Command {
 public:
  std::string_view summary() const override {
    return "list a region's zones, or those that offer a type";
  }
  std::string_view example() const override {
    return "spotvane catalog zones us-east-1 p5.48xlarge";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string region_;
  std::optional<std::string> type_ = {};
};

}  // namespace spotvane::cli
