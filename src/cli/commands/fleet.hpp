#pragma once

#include "cli/command.hpp"
#include "cli/fleet_choice.hpp"

#include <optional>
#include <string>
#include <vector>

namespace spotvane::cli {

/// Creates a fleet over many pools.
class FleetCreate final : public Command {
 public:
  std::string_view summary() const override {
    return "create a Spot Fleet or EC2 Fleet over the pools likeliest to give and keep capacity";
  }
  std::string_view example() const override {
    return "spotvane fleet create --target 64 --launch-template ecs-hosts --min-vcpu 2 --max-vcpu "
           "8 --dry-run";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  Result<FleetOrder> order(Environment& environment, Cloud& cloud, const FleetChoice& choice) const;
  Document report(const FleetOrder& order, const FleetChoice& choice,
                  const std::optional<std::string>& id) const;

  FleetWish wish_;
  std::string kind_ = "ec2-fleet";
  std::string type_ = "maintain";
  std::string units_ = "vcpus";
  std::string strategy_ = "diversified";
  std::string template_;
  std::optional<std::string> role_ = {};
  std::optional<double> max_price_ = {};
  std::optional<int> target_ = {};
  int on_demand_ = 0;
  int pools_ = 12;
  int of_type_ = 3;
  bool is_dry_run_ = false;
};

/// Shows the region's fleets, or one with its pools and instances.
class FleetShow final : public Command {
 public:
  std::string_view summary() const override {
    return "show Spot Fleets and EC2 Fleets, what they have and what they lack";
  }
  std::string_view example() const override {
    return "spotvane fleet show fleet-0123abcd-0123-0123-0123-0123456789ab";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::optional<std::string> id_ = {};
};

/// Sets a fleet's target.
class FleetScale final : public Command {
 public:
  std::string_view summary() const override { return "set the target capacity of a fleet"; }
  std::string_view example() const override {
    return "spotvane fleet scale fleet-0123abcd-0123-0123-0123-0123456789ab --target 96";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string id_;
  std::optional<int> target_ = {};
  std::optional<int> on_demand_ = {};
  bool keeps_excess_ = false;
  bool is_dry_run_ = false;
};

/// Ends a fleet.
class FleetCancel final : public Command {
 public:
  std::string_view summary() const override { return "cancel a fleet, and end its instances"; }
  std::string_view example() const override {
    return "spotvane fleet cancel sfr-73fbd2ce-aa30-494c-8788-1cee4EXAMPLE --keep-instances";
  }
  void declare(Flags& flags, Settings& settings) override;
  Result<ExitCode> run(Environment& environment) override;

 private:
  std::string id_;
  bool keeps_instances_ = false;
  bool is_dry_run_ = false;
};

}  // namespace spotvane::cli
