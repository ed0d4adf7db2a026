#include "app/real_world.hpp"

#include "adapters/aws/aws_advisor.hpp"
#include "adapters/aws/aws_cloud.hpp"
#include "adapters/http/beast_listener.hpp"
#include "adapters/http/serial_transport.hpp"
#include "adapters/mysql/cloudpits_database.hpp"
#include "adapters/sql/postgres_state.hpp"
#include "adapters/system/detached_folder.hpp"
#include "adapters/system/entropy.hpp"
#include "adapters/system/environment.hpp"
#include "adapters/system/followed_clock.hpp"
#include "adapters/system/local_machines.hpp"
#include "adapters/system/open_files.hpp"
#include "adapters/system/terminal.hpp"
#include "app/real_home.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace spotvane::app {

namespace {

/// What the market reads most of its time is the lab's time where there is a lab: each answer
/// carries it.
class RealCloud final : public cli::Cloud {
 public:
  RealCloud(adapters::AwsConfiguration configuration, adapters::AwsClientOptions options,
            const adapters::AwsPorts& ports, Random random, bool one_at_a_time)
      : clock_{ports.wall_clock},
        timers_{ports.timers, clock_},
        serial_{ports.transport},
        aws_{std::move(configuration),
             following(std::move(options)),
             {one_at_a_time ? serial_ : ports.transport, ports.timers, ports.wall_clock,
              ports.processes},
             random} {}

  Ec2& ec2() override { return aws_.ec2(); }
  Advisor& advisor() override { return aws_.advisor(); }
  PriceList& price_list() override { return aws_.price_list(); }
  Identity& identity() override { return aws_.identity(); }
  Instances& instances() override { return aws_.instances(); }
  Images& images() override { return aws_.images(); }
  WorkerReports& worker_reports() override { return aws_.worker_reports(); }
  cli::GuardServices guard_services() override {
    return {aws_.containers(), aws_.queues(),  aws_.topics(),      aws_.fleets(),
            aws_.groups(),     aws_.metrics(), aws_.host_surveys()};
  }
  FleetOrders& fleet_orders() override { return aws_.fleet_orders(); }
  ContainerServices& container_services() override { return aws_.container_services(); }
  CloudAccess access() const override { return aws_.access(); }
  void keys_in_use(On<KeysInUse> on_keys) override { aws_.keys_in_use(std::move(on_keys)); }
  const Clock& clock() override { return clock_; }
  Timers& timers() override { return timers_; }
  bool is_lab() const override { return clock_.is_following(); }
  std::size_t under_way() const override { return aws_.under_way(); }

 private:
  adapters::AwsClientOptions following(adapters::AwsClientOptions options) {
    options.on_lab_time = [this](std::string_view word) {
      // A word that makes no sense changes nothing: the clock goes on as it was.
      static_cast<void>(clock_.follow(word));
    };
    return options;
  }

  adapters::FollowedClock clock_;
  adapters::FollowedTimers timers_;
  adapters::SerialTransport serial_;
  adapters::AwsCloud aws_;
};

class RealListening final : public cli::Listening {
 public:
  explicit RealListening(std::unique_ptr<adapters::BeastListener> listener)
      : listener_{std::move(listener)} {}
  int port() const override { return listener_->port(); }

 private:
  std::unique_ptr<adapters::BeastListener> listener_;
};

/// AWS counts requests by account, region and action; these are the ones we send many of.
adapters::AwsClientOptions client_options(const cli::CloudOptions& chosen) {
  adapters::AwsClientOptions options{.on_bad_rows = chosen.on_bad_rows};
  if (chosen.one_at_a_time) {
    return options;
  }
  if (const int requests_per_second = chosen.requests_per_second; requests_per_second > 0) {
    const adapters::Pace pace{.per_second = static_cast<double>(requests_per_second),
                              .burst = requests_per_second};
    for (const auto* action : {"GetSpotPlacementScores", "DescribeSpotPriceHistory", "GetProducts",
                               "DescribeInstanceTypeOfferings", "DescribeInstanceTypes"}) {
      options.paces.emplace(action, pace);
    }
  }
  // Whatever the user says: half of what AWS publishes as the rates of these, or less.
  constexpr adapters::Pace kDescribe{.per_second = 10.0, .burst = 20};
  for (const auto* action : {"DescribeSpotInstanceRequests", "DescribeInstances",
                             "DescribeInstanceStatus", "DescribeImages"}) {
    options.paces.emplace(action, kDescribe);
  }
  constexpr adapters::Pace kChange{.per_second = 2.5, .burst = 10};
  for (const auto* action :
       {"RequestSpotInstances", "CancelSpotInstanceRequests", "TerminateInstances", "CreateTags",
        "CreateLaunchTemplate", "DeleteLaunchTemplate", "DeleteFleets", "DescribeFleets",
        "DescribeLaunchTemplates"}) {
    options.paces.emplace(action, kChange);
  }
  for (const auto* action : {"RunInstances", "CreateFleet"}) {
    options.paces.emplace(action, adapters::Pace{.per_second = 1.0, .burst = 3});
  }
  options.paces.emplace("GetParametersByPath", adapters::Pace{.per_second = 10.0, .burst = 20});
  return options;
}

}  // namespace

RealWorld::RealWorld() {
  // Requests under way, a lab's connections and the archive's files; a shell's usual 1,024 are too
  // few.
  adapters::raise_open_file_limit(2048);
  loop_.on_signal({SIGINT, SIGTERM}, [this](int) {
    // Once asks to stop, twice to hurry, three times is meant.
    if (++interrupts_ >= 3) {
      std::_Exit(130);
    }
  });
}

std::uint64_t RealWorld::entropy() {
  return adapters::entropy();
}

int RealWorld::cores() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::optional<std::string> RealWorld::environment(std::string_view name) {
  return adapters::environment_variable(name);
}

std::vector<std::string> RealWorld::environment_names(std::string_view prefix) {
  return adapters::environment_names(prefix);
}

Result<std::unique_ptr<cli::Home>> RealWorld::open_home(const cli::HomePlace& place,
                                                        cli::HomeUse use) {
  return open_real_home(place, use);
}

Result<std::string> RealWorld::describe_state(const std::string& url) {
  return adapters::describe_postgres_state(url);
}

Result<std::unique_ptr<cli::Cloud>> RealWorld::connect(const cli::CloudOptions& options) {
  // Who brings keys for a lab of our own does not depend on how this machine is set up for AWS.
  const auto lookup = [&](std::string_view name) {
    return options.keys ? std::nullopt : adapters::environment_variable(name);
  };
  auto configuration = adapters::read_aws_configuration(
      lookup,
      {.profile = options.profile, .region = options.region, .endpoint_url = options.endpoint_url});
  if (!configuration) {
    return tl::unexpected(std::move(configuration.error()));
  }
  configuration->advisor = options.advisor_url;
  if (options.keys) {
    configuration->credentials = {
        .keys = adapters::FixedKeys{
            {options.keys->access_key_id, options.keys->secret_access_key, ""}, "the lab"}};
  }
  if (auto opened = open_transport(lookup("AWS_CA_BUNDLE").value_or("")); !opened) {
    return tl::unexpected(std::move(opened.error()));
  }
  return std::make_unique<RealCloud>(
      std::move(*configuration), client_options(options),
      adapters::AwsPorts{*transport_, loop_, wall_clock_, processes_}, Random{entropy()},
      options.one_at_a_time);
}

Result<void> RealWorld::open_transport(const std::string& ca_bundle) {
  if (transport_) {
    return {};
  }
  adapters::CurlTransport::Options options;
  options.ca_bundle = ca_bundle;
  return adapters::CurlTransport::open(loop_, std::move(options)).map([&](auto opened) {
    transport_ = std::move(opened);
  });
}

Result<HttpTransport*> RealWorld::http() {
  return open_transport(adapters::environment_variable("AWS_CA_BUNDLE").value_or("")).map([&] {
    return static_cast<HttpTransport*>(transport_.get());
  });
}

Result<model::PerformanceImport> RealWorld::read_cloudpits(const std::string& url) {
  return adapters::read_cloudpits(url);
}

Result<AdvisorFeed> RealWorld::read_advisor_file(const std::filesystem::path& file) {
  return read_whole(text_files_, file).and_then(adapters::parse_advisor_feed);
}

Result<std::unique_ptr<Machines>> RealWorld::machines() {
  return adapters::LocalMachines::open(environment("TMPDIR").value_or("/tmp"))
      .map([](auto machines) -> std::unique_ptr<Machines> { return machines; });
}

std::unique_ptr<DetachedPrograms> RealWorld::detached_programs(const std::filesystem::path& root) {
  return std::make_unique<adapters::DetachedFolder>(root);
}

Result<std::unique_ptr<cli::Listening>> RealWorld::listen(const std::string& address, int port,
                                                          HttpHandler& handler) {
  auto listener = adapters::BeastListener::listen(
      loop_, handler, {.address = address, .port = static_cast<std::uint16_t>(port)});
  if (!listener) {
    return tl::unexpected(std::move(listener.error()));
  }
  return std::make_unique<RealListening>(std::move(*listener));
}

std::optional<bool> RealWorld::ask(const std::string& question) {
  if (!adapters::is_terminal(stdin) || !adapters::is_terminal(stderr)) {
    return std::nullopt;
  }
  fmt::print(stderr, "{} [y/N] ", question);
  std::array<char, 16> answer{};
  return std::fgets(answer.data(), static_cast<int>(answer.size()), stdin) != nullptr &&
         (answer[0] == 'y' || answer[0] == 'Y');
}

void RealWorld::run_until(const std::function<bool()>& done) {
  loop_.run_until(done);
}

}  // namespace spotvane::app
