#include "agent/host_reader.hpp"

#include "agent/metadata_texts.hpp"

#include <array>
#include <memory>
#include <utility>

namespace spotvane::agent {

namespace {

constexpr HttpLimits kEcsLimits{.connect_timeout = std::chrono::milliseconds{300},
                                .idle_timeout = std::chrono::seconds{1},
                                .whole_timeout = std::chrono::seconds{1},
                                .body_bytes = 64U << 10U};

/// A text of the metadata, and where it belongs.
struct Detail {
  const char* path;
  std::string Host::* member;
};

constexpr std::array kDetails{
    Detail{"meta-data/placement/availability-zone-id", &Host::availability_zone_id},
    Detail{"meta-data/instance-life-cycle", &Host::life_cycle},
    Detail{"meta-data/tags/instance/aws:ec2spot:fleet-request-id", &Host::fleet_id},
    Detail{"meta-data/tags/instance/aws:ec2:fleet-id", &Host::fleet_id},
    Detail{"meta-data/tags/instance/aws:autoscaling:groupName", &Host::asg_name},
};

}  // namespace

struct HostReader::Reading {
  Host host;
  std::size_t next = 0;  // of kDetails
  On<Host> on_host;
};

HostReader::HostReader(MetadataSession& metadata, HttpTransport& transport,
                       std::string ecs_endpoint)
    : metadata_{metadata}, transport_{transport}, ecs_endpoint_{std::move(ecs_endpoint)} {}

void HostReader::read_host(On<Host> on_host) {
  metadata_.get(
      "dynamic/instance-identity/document",
      [this, on_host = std::move(on_host)](const Result<std::optional<std::string>>& text) {
        if (!text) {
          return on_host(tl::unexpected(text.error()));
        }
        auto host = read_identity(text->value_or(""));
        if (!host) {
          return on_host(tl::unexpected(std::move(host.error())));
        }
        read_next(std::make_shared<Reading>(Reading{.host = std::move(*host), .on_host = on_host}));
      });
}

void HostReader::read_next(const std::shared_ptr<Reading>& reading) {
  if (reading->next == kDetails.size()) {
    return reading->on_host(std::move(reading->host));
  }
  const auto& detail = kDetails.at(reading->next++);
  metadata_.get(detail.path,
                [this, reading, &detail](const Result<std::optional<std::string>>& text) {
                  if (text && *text && !(*text)->empty()) {
                    reading->host.*detail.member = **text;
                  }
                  read_next(reading);
                });
}

void HostReader::read_ecs(std::function<void(EcsPlace)> on_place) {
  transport_.send({.url = ecs_endpoint_ + "/v1/metadata"}, kEcsLimits,
                  [on_place = std::move(on_place)](const Result<HttpResponse>& response) {
                    const auto place = response && response->status == 200
                                           ? read_ecs_metadata(response->body)
                                           : Result<EcsPlace>{};
                    on_place(place.value_or(EcsPlace{}));
                  });
}

}  // namespace spotvane::agent
