// Asks AWS, or who stands in for it, one thing through our own client, and prints what it read as
// one line of JSON, so that a test can compare it with what an AWS client read. The environment
// says whom to ask.

#include "adapters/aws/aws_cloud.hpp"
#include "adapters/http/curl_transport.hpp"
#include "adapters/system/child_processes.hpp"
#include "adapters/system/entropy.hpp"
#include "adapters/system/environment.hpp"
#include "adapters/system/event_loop.hpp"
#include "adapters/system/system_clock.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <optional>

namespace spotvane {

namespace {

using nlohmann::json;

json told(const model::RegionStatus& status) {
  return {{"region", status.region.text()}, {"is_enabled", status.is_enabled}};
}

json told(const model::Zone& zone) {
  return {{"region", zone.region.text()}, {"id", zone.id.text()}, {"name", zone.name.text()}};
}

json told(const model::InstanceTypeFacts& facts) {
  return {{"type", facts.type.text()},
          {"vcpus", facts.vcpus},
          {"memory_mib", facts.memory_mib},
          {"architectures", facts.architectures},
          {"gpus", facts.gpus},
          {"is_bare_metal", facts.is_bare_metal},
          {"is_current_generation", facts.is_current_generation},
          {"offered_as_spot", facts.offered_as_spot}};
}

json told(const model::Offering& offering) {
  return {{"type", offering.type.text()}, {"zone", offering.zone.text()}};
}

json told(const model::PlacementScore& score) {
  return {{"region", score.region.text()}, {"zone", score.zone.text()}, {"score", score.score}};
}

json told(const model::SpotPrice& price) {
  return {{"type", price.type.text()},
          {"zone_name", price.zone_name.text()},
          {"zone_id", price.zone_id.text()},
          {"product", price.product},
          {"price", to_text_six_places(price.price_per_hour)},
          {"at", to_iso8601(price.at)}};
}

json told(const model::OnDemandPrice& price) {
  return {{"type", price.type.text()},
          {"region", price.region.text()},
          {"price", to_text_six_places(price.price_per_hour)}};
}

json told(const CallerIdentity& identity) {
  return {{"account", identity.account}, {"arn", identity.arn}};
}

template <typename T>
json told(const std::vector<T>& all) {
  auto rows = json::array();
  for (const auto& one : all) {
    rows.push_back(told(one));
  }
  return rows;
}

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::InvalidInput:
      return "invalid_input";
    case ErrorKind::NotFound:
      return "not_found";
    case ErrorKind::Denied:
      return "denied";
    case ErrorKind::QuotaExceeded:
      return "quota_exceeded";
    case ErrorKind::NotEnabled:
      return "not_enabled";
    case ErrorKind::Throttled:
      return "throttled";
    case ErrorKind::NoCapacity:
      return "no_capacity";
    case ErrorKind::Unavailable:
      return "unavailable";
    case ErrorKind::Corrupt:
      return "corrupt";
    case ErrorKind::Storage:
      return "storage";
    case ErrorKind::Busy:
      return "busy";
    case ErrorKind::Cancelled:
      return "cancelled";
  }
  return "unknown";
}

json describe(const Error& error) {
  return {{"error", name_of(error.kind)}, {"message", error.message}, {"hint", error.hint}};
}

/// Asks one question and waits for its answer.
class Asker {
 public:
  Asker(adapters::EventLoop& loop, adapters::AwsCloud& cloud, std::size_t& bad_rows)
      : loop_{loop},
        ec2_{cloud.ec2()},
        price_list_{cloud.price_list()},
        identity_{cloud.identity()},
        home_{cloud.configuration().region},
        bad_rows_{bad_rows} {}

  json ask(std::string_view action, const std::vector<std::string>& types) {
    if (action == "DescribeRegions") {
      return wait<std::vector<model::RegionStatus>>(
          [&](const auto& on) { ec2_.describe_regions(on); });
    }
    if (action == "DescribeAvailabilityZones") {
      return wait<std::vector<model::Zone>>(
          [&](const auto& on) { ec2_.describe_availability_zones(home_, on); });
    }
    if (action == "DescribeInstanceTypes") {
      return wait<std::vector<model::InstanceTypeFacts>>(
          [&](const auto& on) { ec2_.describe_instance_types(home_, on); });
    }
    if (action == "DescribeInstanceTypeOfferings") {
      return wait<std::vector<model::Offering>>(
          [&](const auto& on) { ec2_.describe_instance_type_offerings(home_, on); });
    }
    if (action == "DescribeSpotPriceHistory") {
      return wait<std::vector<model::SpotPrice>>(
          [&](const auto& on) { ec2_.describe_spot_price_history(prices_of(types), on); });
    }
    if (action == "GetSpotPlacementScores") {
      return wait<std::vector<model::PlacementScore>>([&](const auto& on) {
        ec2_.get_spot_placement_scores({.types = named(types), .regions = {home_}}, on);
      });
    }
    if (action == "GetProducts") {
      return wait<std::vector<model::OnDemandPrice>>(
          [&](const auto& on) { price_list_.on_demand_prices(home_, on); });
    }
    if (action == "GetCallerIdentity") {
      return wait<CallerIdentity>([&](const auto& on) { identity_.get_caller_identity(on); });
    }
    return describe({ErrorKind::InvalidInput, fmt::format("unknown action '{}'", action)});
  }

 private:
  static std::vector<model::InstanceType> named(const std::vector<std::string>& types) {
    return {types.begin(), types.end()};
  }

  SpotPriceQuery prices_of(const std::vector<std::string>& types) const {
    const auto now = adapters::SystemClock{}.now();
    return {.region = home_,
            .from = now - std::chrono::hours{1},
            .to = now,
            .types = named(types),
            .products = {"Linux/UNIX"}};
  }

  template <typename T>
  json wait(const std::function<void(On<T>)>& ask) {
    std::optional<Result<T>> result;
    ask([&](Result<T> answered) { result = std::move(answered); });
    loop_.run_until([&] { return result.has_value(); });
    const auto answer = result.value_or(fail(ErrorKind::Corrupt, "never answered"));
    return answer ? json{{"answer", told(*answer)}, {"bad_rows", bad_rows_}}
                  : describe(answer.error());
  }

  adapters::EventLoop& loop_;
  Ec2& ec2_;
  PriceList& price_list_;
  Identity& identity_;
  model::Region home_;
  std::size_t& bad_rows_;
};

json ask_aws(std::string_view action, const std::vector<std::string>& types) {
  const auto configuration = adapters::read_aws_configuration(adapters::environment_variable);
  if (!configuration) {
    return describe(configuration.error());
  }
  adapters::EventLoop loop;
  adapters::CurlTransport transport{loop};
  const adapters::SystemClock clock;
  adapters::ChildProcesses processes{loop};
  std::size_t bad_rows = 0;
  adapters::AwsCloud cloud{
      *configuration,
      {.on_bad_rows = [&](std::string_view /*action*/, std::size_t rows) { bad_rows += rows; }},
      {transport, loop, clock, processes},
      Random{adapters::entropy()}};
  return Asker{loop, cloud, bad_rows}.ask(action, types);
}

}  // namespace

}  // namespace spotvane

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    std::fputs("usage: ask_aws ACTION [TYPE...]\n", stderr);
    return 2;
  }
  const auto answer = spotvane::ask_aws(arguments[0], {arguments.begin() + 1, arguments.end()});
  std::puts(answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  return answer.contains("error") ? 1 : 0;
}
