#include "adapters/aws/aws_containers.hpp"
#include "adapters/aws/aws_queues.hpp"
#include "adapters/aws/aws_report_sink.hpp"
#include "adapters/aws/aws_topics.hpp"
#include "adapters/aws/command_words.hpp"
#include "adapters/lean_http/lean_transport.hpp"
#include "adapters/system/child_processes.hpp"
#include "adapters/system/entropy.hpp"
#include "adapters/system/environment.hpp"
#include "adapters/system/event_loop.hpp"
#include "adapters/system/system_clock.hpp"
#include "agent/agent.hpp"
#include "agent/metadata_texts.hpp"
#include "agent/report_post.hpp"
#include "agent_app/json_log.hpp"
#include "agent_app/options.hpp"
#include "agent_app/record_file.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

namespace spotvane::agent_app {

namespace {

enum ExitCode : int { kDone = 0, kFailed = 1, kMisused = 2 };

/// In place of every sink on a dry run.
class DrySink final : public agent::Sink {
 public:
  DrySink(std::unique_ptr<agent::Sink> sink, agent::Log& log, Timers& timers)
      : sink_{std::move(sink)}, log_{log}, timers_{timers} {}

  std::string name() const override { return sink_->name(); }
  bool wants(const agent::Message& message) const override { return sink_->wants(message); }
  void deliver(const agent::Message& message, On<void> on_done) override {
    log_.write(agent::LogLevel::Info, "would-deliver",
               {{"sink", name()}, {"message", message.json()}});
    timers_.after(Duration{0}, [on_done = std::move(on_done)] { on_done({}); });
  }

 private:
  std::unique_ptr<agent::Sink> sink_;
  agent::Log& log_;
  Timers& timers_;
};

/// Everything the agent stands on, in the order in which it may depend on each other.
class Program {
 public:
  Program(Options options, adapters::AwsConfiguration configuration)
      : options_{std::move(options)},
        configuration_{std::move(configuration)},
        transport_{loop_,
                   {.user_agent = "spotvane-agent",
                    .ca_bundle = adapters::environment_variable("AWS_CA_BUNDLE").value_or("")},
                   Random{adapters::entropy()}},
        processes_{loop_},
        aws_ports_{transport_, loop_, clock_, processes_},
        credentials_{adapters::make_credentials_provider(configuration_, aws_ports_,
                                                         Random{adapters::entropy()})},
        client_{configuration_,
                {.limits = {.connect_timeout = std::chrono::seconds{2},
                            .idle_timeout = std::chrono::seconds{5},
                            .whole_timeout = std::chrono::seconds{5}}},
                *credentials_,
                aws_ports_,
                Random{adapters::entropy()}},
        topics_{client_, configuration_.region},
        queues_{client_, configuration_.region},
        containers_{client_},
        log_{stderr, clock_},
        record_{options_.record_file, log_} {}

  int run() { return options_.report ? report() : watch(); }

  static int complain(const Error& error) {
    fmt::print(stderr, "error: {}\n", error.message);
    if (!error.hint.empty()) {
      fmt::print(stderr, "hint: {}\n", error.hint);
    }
    return error.kind == ErrorKind::InvalidInput ? kMisused : kFailed;
  }

 private:
  int watch() {
    auto sinks = make_sinks();
    if (!sinks) {
      return complain(sinks.error());
    }
    agent::Agent agent{
        {.poll = options_.poll,
         .metadata = {.endpoint = options_.metadata_endpoint},
         .ecs_endpoint = options_.ecs_endpoint},
        std::move(*sinks),
        {transport_, loop_, clock_, sets_attributes() ? &containers_ : nullptr, record_, log_},
        Random{adapters::entropy()}};
    bool is_over = false;
    int code = kDone;
    loop_.on_signal({SIGINT, SIGTERM}, [&](int) { is_over = true; });
    const auto end = [&](const Result<void>& done) {
      is_over = true;
      code = done ? kDone : complain(done.error());
    };
    if (options_.prints_metadata) {
      agent.describe([&](const Result<agent::Message>& message) {
        if (message) {
          fmt::print("{}\n", message->json());
        }
        end(message ? Result<void>{} : tl::unexpected(message.error()));
      });
    } else if (options_.is_drill) {
      agent.drill(end);
    } else {
      keep_keys_at_hand();
      agent.start();
    }
    loop_.run_until([&] { return is_over; });
    return code;
  }

  /// Once, to the manager or to CloudWatch.
  int report() {
    agent::MetadataSession metadata{{.endpoint = options_.metadata_endpoint}, transport_, clock_};
    std::unique_ptr<ReportSink> sink;
    if (options_.report->manager.empty()) {
      sink = std::make_unique<adapters::AwsReportSink>(client_, configuration_.region);
    } else {
      sink = std::make_unique<agent::ReportPost>(options_.report->manager, transport_);
    }
    std::optional<Result<void>> told;
    metadata.get("dynamic/instance-identity/document",
                 [&](const Result<std::optional<std::string>>& text) {
                   const auto host = text ? agent::read_identity(text->value_or(""))
                                          : Result<agent::Host>{tl::unexpected(text.error())};
                   if (!host) {
                     auto error = host.error();
                     told = tl::unexpected(std::move(error).during("report: who is this instance"));
                     return;
                   }
                   sink->publish(report_of(*host), [&](const Result<void>& done) { told = done; });
                 });
    loop_.run_until([&] { return told.has_value(); });
    return *told ? kDone : complain(told->error());
  }

  PerformanceReport report_of(const agent::Host& host) const {
    return {.instance_id = host.instance_id,
            .instance_type = host.instance_type,
            .region = host.region,
            .tasks_per_second = *options_.report->tasks_per_second,
            .deviation = options_.report->deviation,
            .tasks_completed = *options_.report->tasks,
            .counts_whole_job = options_.report->counts_whole_job,
            .job = options_.report->job};
  }

  /// So that a notice need not wait for them. None to be had is no trouble of the watch's.
  void keep_keys_at_hand() {
    credentials_->provide([this](const Result<wire::SigningKeys>&) {
      loop_.after(std::chrono::minutes{5}, [this] { keep_keys_at_hand(); });
    });
  }

  bool sets_attributes() const { return options_.sets_attributes && !options_.is_dry_run; }

  Result<std::string> webhook_secret() const {
    if (options_.webhook_secret_file.empty()) {
      return std::string{};
    }
    std::ifstream file{options_.webhook_secret_file};
    std::string secret;
    if (!std::getline(file, secret) || secret.empty()) {
      return fail(ErrorKind::InvalidInput, "no secret can be read from '{}'",
                  options_.webhook_secret_file);
    }
    return secret;
  }

  Result<std::vector<std::unique_ptr<agent::Sink>>> make_sinks() {
    std::vector<std::unique_ptr<agent::Sink>> sinks;
    const auto add = [&](std::unique_ptr<agent::Sink> sink) {
      sinks.push_back(options_.is_dry_run ? std::make_unique<DrySink>(std::move(sink), log_, loop_)
                                          : std::move(sink));
    };
    if (options_.drains) {
      add(std::make_unique<agent::DrainSink>(containers_));
    }
    for (const auto& topic : options_.topics) {
      add(std::make_unique<agent::TopicSink>(topic, topics_));
    }
    for (const auto& queue : options_.queues) {
      add(std::make_unique<agent::QueueSink>(queue, queues_));
    }
    const auto secret = webhook_secret();
    if (!secret) {
      return tl::unexpected(secret.error());
    }
    for (const auto& url : options_.webhooks) {
      add(std::make_unique<agent::WebhookSink>(url, *secret, transport_, clock_));
    }
    for (const auto& command : options_.commands) {
      auto words = adapters::command_words(command);
      if (!words || words->empty()) {
        return fail(ErrorKind::InvalidInput, "option '--command' names no program");
      }
      add(std::make_unique<agent::CommandSink>(std::move(*words), processes_, clock_));
    }
    if (sinks.empty()) {
      log_.write(agent::LogLevel::Warning, "no-sink",
                 {{"hint", "events are only logged: name a sink, see --help"}});
    }
    if (sets_attributes()) {
      sinks.push_back(std::make_unique<agent::RebalanceMarkSink>(containers_));
    }
    return sinks;
  }

  Options options_;
  adapters::AwsConfiguration configuration_;
  adapters::SystemClock clock_;
  adapters::EventLoop loop_;
  adapters::LeanTransport transport_;
  adapters::ChildProcesses processes_;
  adapters::AwsPorts aws_ports_;
  std::unique_ptr<adapters::CredentialsProvider> credentials_;
  adapters::AwsClient client_;
  adapters::AwsTopics topics_;
  adapters::AwsQueues queues_;
  adapters::AwsContainers containers_;
  JsonLog log_;
  RecordFile record_;
};

int run(const std::vector<std::string>& arguments) {
  auto options = read_options(arguments, adapters::environment_variable);
  if (!options) {
    return Program::complain(options.error());
  }
  if (options->wants_help) {
    fmt::print("{}", help_text(options->report.has_value()));
    return kDone;
  }
  if (options->wants_version) {
    fmt::print("spotvane-agent {}\n", SPOTVANE_VERSION);
    return kDone;
  }
  auto configuration = adapters::read_aws_configuration(adapters::environment_variable);
  if (!configuration) {
    return Program::complain(configuration.error());
  }
  if (!options->report) {
    configuration->max_attempts = 1;  // what is not delivered is delivered again, in our own time
  }
  return Program{std::move(*options), std::move(*configuration)}.run();
}

}  // namespace

}  // namespace spotvane::agent_app

int main(int argc, char** argv) {
  return spotvane::agent_app::run({argv + 1, argv + argc});
}
