#pragma once

#include "adapters/files/gzip_text_file_writer.hpp"
#include "adapters/files/gzip_text_files.hpp"
#include "adapters/http/curl_transport.hpp"
#include "adapters/system/child_processes.hpp"
#include "adapters/system/event_loop.hpp"
#include "adapters/system/system_clock.hpp"
#include "cli/world.hpp"

#include <memory>

namespace spotvane::app {

/// The world as it is: the one place where adapters meet the ports they stand behind.
class RealWorld final : public cli::World {
 public:
  RealWorld();

  const Clock& wall_clock() override { return wall_clock_; }
  Timers& wall_timers() override { return loop_; }
  std::uint64_t entropy() override;
  int cores() override;
  std::optional<std::string> environment(std::string_view name) override;
  std::vector<std::string> environment_names(std::string_view prefix) override;

  Result<std::unique_ptr<cli::Home>> open_home(const cli::HomePlace& place,
                                               cli::HomeUse use) override;
  Result<std::string> describe_state(const std::string& url) override;
  Result<std::unique_ptr<cli::Cloud>> connect(const cli::CloudOptions& options) override;
  Result<AdvisorFeed> read_advisor_file(const std::filesystem::path& file) override;
  Result<model::PerformanceImport> read_cloudpits(const std::string& url) override;
  TextFiles& text_files() override { return text_files_; }
  TextFileWriter& text_file_writer() override { return text_file_writer_; }
  Result<HttpTransport*> http() override;
  Result<std::unique_ptr<cli::Listening>> listen(const std::string& address, int port,
                                                 HttpHandler& handler) override;
  Result<std::unique_ptr<Machines>> machines() override;
  std::unique_ptr<DetachedPrograms> detached_programs(const std::filesystem::path& root) override;

  std::optional<bool> ask(const std::string& question) override;

  void run_until(const std::function<bool()>& done) override;
  void poll() override { loop_.poll(); }
  int interrupts() override { return interrupts_; }

 private:
  Result<void> open_transport(const std::string& ca_bundle);

  adapters::SystemClock wall_clock_;
  adapters::GzipTextFiles text_files_;
  adapters::GzipTextFileWriter text_file_writer_;
  adapters::EventLoop loop_;
  adapters::ChildProcesses processes_{loop_};
  std::unique_ptr<adapters::CurlTransport>
      transport_;  // made when first needed: libcurl is slow to start
  int interrupts_ = 0;
};

}  // namespace spotvane::app
