#pragma once

#include "agent/host.hpp"
#include "agent/metadata_session.hpp"
#include "ports/cloud.hpp"
#include "ports/http_transport.hpp"

#include <string>

namespace spotvane::agent {

/// Asks the instance who it is: its metadata, its tags where they are shown there, and the ECS
/// agent where one runs.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class HostReader {
 public:
  /// `ecs_endpoint`: where the ECS agent tells about itself, "http://localhost:51678".
  HostReader(MetadataSession& metadata, HttpTransport& transport, std::string ecs_endpoint);

  /// All but ECS. Fails where the instance's identity cannot be read; the rest may be missing.
  void read_host(On<Host> on_host);

  /// An empty place where no ECS agent answers, or none that is registered. Never fails.
  void read_ecs(std::function<void(EcsPlace)> on_place);

 private:
  struct Reading;
  void read_next(const std::shared_ptr<Reading>& reading);

  MetadataSession& metadata_;
  HttpTransport& transport_;
  std::string ecs_endpoint_;
};

}  // namespace spotvane::agent
