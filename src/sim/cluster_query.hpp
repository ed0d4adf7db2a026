#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::sim {

/// A condition on a container instance in ECS's query language:
/// "attribute:ecs.instance-type =~ m5.* and ec2InstanceId in [i-1, i-2]".
class ClusterQuery {
 public:
  /// The value of "ec2InstanceId" or "attribute:NAME"; none where there is no such thing.
  using LookUp = std::function<std::optional<std::string>(std::string_view subject)>;

  /// None where it is no sentence of the language. The empty text holds of everything.
  static std::optional<ClusterQuery> parse(std::string_view text);

  bool holds(const LookUp& look_up) const;

  struct Node;  ///< for its own source

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace spotvane::sim
