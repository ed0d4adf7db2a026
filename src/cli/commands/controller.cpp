#include "cli/commands/controller.hpp"

#include "cli/cloud_session.hpp"
#include "cli/guard_rules.hpp"
#include "guard/guard.hpp"
#include "guard/lambda_feed.hpp"
#include "guard/queue_feed.hpp"
#include "guard/topic_endpoint.hpp"
#include "market/region_catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace spotvane::cli {

namespace {

std::string line_of_decision(const GuardDecision& decision) {
  return fmt::format("{}  {} {}: {}  {}\n", to_iso8601(decision.at), decision.what,
                     decision.subject, decision.outcome, decision.inputs);
}

/// Looks at the fleets now and then, for as long as it lives.
void review_for_ever(World& world, guard::Guard& guard, Duration every) {
  guard.review([&world, &guard, every](const Result<void>&) {
    world.wall_timers().after(every,
                              [&world, &guard, every] { review_for_ever(world, guard, every); });
  });
}

}  // namespace

void Controller::declare(Flags& flags, Settings& /*settings*/) {
  flags.texts("queue", "URL", "take events from this SQS queue", queues_);
  flags.texts("topic", "ARN", "take events that this SNS topic posts to --sns-port", topics_);
  flags.number("sns-port", "PORT", "of this machine, behind whatever ends TLS", sns_port_, 0,
               65'535);
  flags.text("rules", "FILE", "which fleets, groups and clusters: see docs/guard.md", rules_file_);
  flags.duration("review-every", "look at every fleet's gap this often, unasked", review_every_);
  flags.toggle("lambda", "take events from AWS Lambda, whose custom runtime this then is",
               is_lambda_);
  flags.toggle("dry-run", "decide and say, change nothing", is_dry_run_);
  flags.toggle("until-empty", "end once the queues are empty", runs_until_empty_);
}

Result<guard::Rules> Controller::rules(Environment& environment) const {
  auto read = Result<guard::Rules>{};
  const auto inlined = environment.world.environment("SPOTVANE_GUARD_RULES");
  if (rules_file_) {
    read = read_guard_rules(std::filesystem::path{*rules_file_});
  } else if (inlined) {
    read = read_guard_rules(*inlined, "SPOTVANE_GUARD_RULES");
  }
  if (read) {
    read->is_dry_run = is_dry_run_;
  }
  return read;
}

Result<ExitCode> Controller::run(Environment& environment) {
  auto& world = environment.world;
  if ((queues_.empty() && topics_.empty()) != is_lambda_) {
    return tl::unexpected(
        Error{ErrorKind::InvalidInput,
              "a controller takes its events from '--queue', '--topic', or '--lambda' alone",
              "name one of them"});
  }
  auto read = rules(environment);
  if (!read) {
    return tl::unexpected(std::move(read.error()));
  }
  const auto session = open_home_and_cloud(environment, HomeUse::Shared);
  if (!session) {
    return tl::unexpected(session.error());
  }
  auto& cloud = *session->cloud;
  if (read->region.empty()) {
    read->region = cloud.access().region;
  }
  const auto services = cloud.guard_services();
  const auto region = read->region;
  auto& state = session->home->state();
  guard::Guard guard{
      std::move(*read), fmt::format("{:016x}", world.entropy()),
      guard::GuardPorts{.containers = services.containers,
                        .fleets = services.fleets,
                        .groups = services.groups,
                        .metrics = services.metrics,
                        .state = state,
                        .timers = world.wall_timers(),
                        .clock = cloud.clock(),
                        .tell =
                            [&](const GuardDecision& decision) {
                              environment.console.print(line_of_decision(decision));
                            },
                        .vcpus_of = [&](const std::string& type) -> std::optional<int> {
                          const auto catalog = market::known_catalog(state, model::Region{region});
                          const auto entry = catalog && *catalog
                                                 ? (*catalog)->entry(model::InstanceType{type})
                                                 : fail(ErrorKind::NotFound, "no catalog");
                          return entry ? std::optional{(*entry)->facts.vcpus} : std::nullopt;
                        },
                        .surveys = &services.surveys,
                        // A function that has answered is stopped.
                        .follows_drains = !is_lambda_}};
  std::optional<Error> end;
  std::vector<std::unique_ptr<guard::QueueFeed>> feeds;
  for (const auto& queue : queues_) {
    feeds.push_back(std::make_unique<guard::QueueFeed>(
        guard::QueueFeed::Options{.queue_url = queue,
                                  .wait = std::chrono::seconds{runs_until_empty_ ? 1 : 20}},
        services.queues, guard, world.wall_timers(),
        [&](const Error& error) { environment.console.error(error); }));
    feeds.back()->start();
  }
  std::unique_ptr<guard::TopicEndpoint> endpoint;
  std::unique_ptr<Listening> listening;
  if (!topics_.empty()) {
    auto transport = world.http();
    if (!transport) {
      return tl::unexpected(std::move(transport.error()));
    }
    endpoint = std::make_unique<guard::TopicEndpoint>(topics_, guard, services.topics, **transport,
                                                      world.wall_clock());
    auto opened = world.listen(sns_port_, *endpoint);
    if (!opened) {
      return tl::unexpected(std::move(opened.error()));
    }
    listening = std::move(*opened);
    environment.console.say(fmt::format("listening on http://127.0.0.1:{}", listening->port()));
  }
  std::unique_ptr<guard::LambdaFeed> lambda;
  if (is_lambda_) {
    const auto api = world.environment("AWS_LAMBDA_RUNTIME_API");
    auto transport = world.http();
    if (!api || !transport) {
      return api ? tl::unexpected(std::move(transport.error()))
                 : fail(ErrorKind::InvalidInput,
                        "AWS_LAMBDA_RUNTIME_API names no API: "
                        "'--lambda' is for AWS Lambda alone");
    }
    lambda = std::make_unique<guard::LambdaFeed>(*api, **transport, guard,
                                                 [&](const Error& error) { end = error; });
    lambda->start();
  } else if (review_every_ && !runs_until_empty_) {
    review_for_ever(world, guard, *review_every_);
  }
  const auto is_empty = [&](const auto& feed) {
    return feed->times_empty() > 0 && feed->is_idle();
  };
  world.run_until([&] {
    if (runs_until_empty_) {
      for (const auto& feed : feeds) {
        if (feed->times_empty() > 0) {
          feed->stop();
        }
      }
    }
    return end || world.interrupts() > 0 ||
           (runs_until_empty_ && std::all_of(feeds.begin(), feeds.end(), is_empty));
  });
  if (end) {
    return tl::unexpected(std::move(*end));
  }
  const auto counts = guard.counts();
  environment.console.say(fmt::format(
      "stopped: {} hosts drained, {} groups resized, {} steps of fleets, {} messages set aside",
      counts.drained, counts.resized, counts.scaled, counts.set_aside));
  return ExitCode::Done;
}

void ControllerLog::declare(Flags& flags, Settings& /*settings*/) {
  flags.number("limit", "N", "the latest so many", limit_, 1, 100'000);
}

Result<ExitCode> ControllerLog::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  const auto decisions = (*home)->state().guard().decisions(limit_);
  if (!decisions) {
    return tl::unexpected(decisions.error());
  }
  Table table{.name = "decisions",
              .columns = {{"at"}, {"what"}, {"subject"}, {"outcome"}, {"inputs"}}};
  for (const auto& one : *decisions) {
    table.rows.push_back({one.at, one.what, one.subject, one.outcome, one.inputs});
  }
  environment.show({.tables = {std::move(table)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
