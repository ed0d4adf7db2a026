#pragma once

#include "adapters/aws/aws_configuration.hpp"
#include "support/scratch_folder.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::adapters {

/// A user's environment and ~/.aws.
struct AwsHome {
  support::ScratchFolder folder;
  std::map<std::string, std::string, std::less<>> variables = {{"HOME", folder.path().string()}};

  AwsHome() { std::filesystem::create_directories(folder / ".aws"); }

  /// Below the home folder; returns the file's whole path.
  std::string write(const std::string& file, std::string_view text) const {
    const auto path = folder / file;
    std::ofstream{path} << text;
    return path.string();
  }
  void write_config(std::string_view text) const { write(".aws/config", text); }
  void write_credentials(std::string_view text) const { write(".aws/credentials", text); }

  EnvironmentLookup environment() const {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
  }

  Result<AwsConfiguration> read(const AwsChoices& choices = {}) const {
    return read_aws_configuration(environment(), choices);
  }
};

}  // namespace spotvane::adapters
