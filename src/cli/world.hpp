#pragma once

#include "base/result.hpp"
#include "model/performance.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/http_handler.hpp"
#include "ports/instances.hpp"
#include "ports/lake.hpp"
#include "ports/probe_archive.hpp"
#include "ports/state_store.hpp"
#include "ports/text_file_writer.hpp"
#include "ports/text_files.hpp"
#include "ports/timers.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane {
class ContainerServices;
class Containers;
class DetachedPrograms;
class FleetOrders;
class Fleets;
class HostSurveys;
class HttpTransport;
class Machines;
class Metrics;
class Queues;
class ScalingGroups;
class Topics;
class WorkerReports;
}  // namespace spotvane

namespace spotvane::cli {

/// The folder everything is kept in, open.
class Home {
 public:
  virtual ~Home() = default;
  /// Whether it can be changed at all: by who opens it for that, where it is open `ReadOnly`.
  virtual bool is_writable() const = 0;
  virtual StateStore& state() = 0;
  virtual Lake& lake() = 0;
  virtual ProbeArchive& probe_archive() = 0;
};

/// Where everything is kept.
struct HomePlace {
  std::filesystem::path folder;               ///< with the archive
  std::optional<std::string> state_url = {};  ///< of the state, where it is not in the folder
  /// Nothing is wanted of the archive: beside a shared state a folder without one will do.
  bool is_state_alone = false;
};

/// What a command means to do in the home.
enum class HomeUse : std::uint8_t {
  ReadOnly,   ///< change nothing: the home may be one that cannot be written
  Shared,     ///< change something while others may be at work in it, too
  Probing,    ///< launch and end instances: one process at a time, beside a collector
  Exclusive,  ///< be the only one that changes it
};

/// What a controller asks of AWS.
struct GuardServices {
  Containers& containers;
  Queues& queues;
  Topics& topics;
  Fleets& fleets;
  ScalingGroups& groups;
  Metrics& metrics;
  HostSurveys& surveys;
};

/// AWS, or a lab, as one account sees it.
class Cloud {
 public:
  virtual ~Cloud() = default;
  virtual Ec2& ec2() = 0;
  virtual Advisor& advisor() = 0;
  virtual PriceList& price_list() = 0;
  virtual Identity& identity() = 0;
  virtual Instances& instances() = 0;
  virtual Images& images() = 0;
  virtual WorkerReports& worker_reports() = 0;
  virtual GuardServices guard_services() = 0;
  virtual FleetOrders& fleet_orders() = 0;
  virtual ContainerServices& container_services() = 0;

  /// With which credentials it works, and whom it asks.
  virtual CloudAccess access() const = 0;
  /// Fetches keys where none are at hand. Fails with `Denied` where there are none to be had.
  virtual void keys_in_use(On<KeysInUse> on_keys) = 0;

  /// The market's time: the wall's on AWS, the lab's own in a lab once it has answered.
  virtual const Clock& clock() = 0;
  /// Timers that run on the market's time.
  virtual Timers& timers() = 0;
  /// Whether it has answered as a lab of ours does.
  virtual bool is_lab() const = 0;

  /// Requests that are not answered yet.
  virtual std::size_t under_way() const = 0;
};

struct CloudOptions {
  std::optional<std::string> profile = {};
  std::optional<std::string> region = {};
  std::optional<std::string> endpoint_url = {};
  std::optional<std::string> advisor_url = {};
  /// In place of all that this machine has configured for AWS; for a lab of our own.
  struct Keys {
    std::string access_key_id;
    std::string secret_access_key;
  };
  std::optional<Keys> keys = {};
  int requests_per_second = 0;  ///< of one kind to one region; 0: no limit
  /// Each request waits for the answer to the one before, and for nothing else: a lab in step time
  /// then does the same again.
  bool one_at_a_time = false;
  /// Told how many rows of an answer made no sense and were left out.
  std::function<void(std::string_view action, std::size_t rows)> on_bad_rows = {};
};

/// A server that lives as long as this.
class Listening {
 public:
  virtual ~Listening() = default;
  virtual int port() const = 0;
};

/// All that commands may ask of the world: the program plugs in the real one, tests theirs.
class World {
 public:
  virtual ~World() = default;

  virtual const Clock& wall_clock() = 0;
  virtual Timers& wall_timers() = 0;
  virtual std::uint64_t entropy() = 0;
  /// How many threads this machine runs at the same time; at least 1.
  virtual int cores() = 0;
  virtual std::optional<std::string> environment(std::string_view name) = 0;
  /// The names of the variables that begin so, sorted.
  virtual std::vector<std::string> environment_names(std::string_view prefix) = 0;

  /// Makes the folder where it is missing. Fails with `Storage`; `Exclusive`
  /// and `Probing` fail with `Busy` where another process is it. `ReadOnly` makes and changes
  /// nothing: it fails with `NotFound` where there is no home, with `Corrupt` where all that is
  /// left of one is its archive, and with `Storage` where an older program wrote it last.
  virtual Result<std::unique_ptr<Home>> open_home(const HomePlace& place, HomeUse use) = 0;
  /// What is at a state database's address: "PostgreSQL 15.18, schema 4". Fails as opening it does.
  virtual Result<std::string> describe_state(const std::string& url) = 0;
  virtual Result<std::unique_ptr<Cloud>> connect(const CloudOptions& options) = 0;

  /// A file as the Spot Advisor publishes it, plain or ".gz". Fails with `NotFound`, `Denied`,
  /// `Storage` or `Corrupt`.
  virtual Result<AdvisorFeed> read_advisor_file(const std::filesystem::path& file) = 0;

  /// What a CloudPITS database at "mysql://user@host/database" knows. Fails with `InvalidInput`,
  /// `Denied`, `NotFound`, `Unavailable` or `Storage`.
  virtual Result<model::PerformanceImport> read_cloudpits(const std::string& url) = 0;

  /// Other people's archives.
  virtual TextFiles& text_files() = 0;

  /// For archives that others are to read.
  virtual TextFileWriter& text_file_writer() = 0;

  /// For what is no service of AWS's. Fails with `Storage` where libcurl is missing.
  virtual Result<HttpTransport*> http() = 0;

  /// Serves `handler` at an address of this machine, "127.0.0.1" for itself alone; port 0 lets the
  /// system choose. Fails with `InvalidInput` where the address is none or the port is taken.
  virtual Result<std::unique_ptr<Listening>> listen(const std::string& address, int port,
                                                    HttpHandler& handler) = 0;
  /// To this machine alone.
  Result<std::unique_ptr<Listening>> listen(int port, HttpHandler& handler) {
    return listen("127.0.0.1", port, handler);
  }

  /// Whether the user at the terminal says yes; none where nobody is there to be asked.
  virtual std::optional<bool> ask(const std::string& question) = 0;

  /// Machines of our own, in a new folder where temporary files are. Fails with `Storage`.
  virtual Result<std::unique_ptr<Machines>> machines() = 0;

  /// Programs that outlive this one, in folders below `root`.
  virtual std::unique_ptr<DetachedPrograms> detached_programs(
      const std::filesystem::path& root) = 0;

  /// Turns the loop until `done` says so; `done` is asked after every event.
  virtual void run_until(const std::function<bool()>& done) = 0;

  /// Lets happen what can happen now: a command that computes for long asks this now and then, lest
  /// an interrupt go unheard.
  virtual void poll() = 0;

  /// How often the user has asked to stop (Ctrl-C, SIGTERM) so far. Wakes the loop.
  virtual int interrupts() = 0;
};

}  // namespace spotvane::cli
