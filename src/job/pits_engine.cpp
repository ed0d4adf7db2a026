#include "job/pits_engine.hpp"

#include "job/job_book.hpp"
#include "job/pits_scripts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace spotvane::job {

namespace {

using nlohmann::json;

constexpr auto kScript = "spotvane-pits.py";
constexpr auto kGiven = "given.json";
constexpr auto kProgress = "progress.json";

constexpr Duration kSoon{1};
/// Loading a module takes a moment; one that takes longer is let be.
constexpr Duration kBetweenLooks = std::chrono::milliseconds{50};
constexpr int kMostLooks = 600;
/// Results are fetched until a moment before AWS takes the worker.
constexpr Duration kUntilTaken = std::chrono::seconds{115};
/// Whoever dies so often will do so again.
constexpr int kMostRuns = 5;
constexpr std::size_t kEnoughTroubled = 3;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// "10.0.0.7:7727", and nothing that a list of nodes could be misled by.
bool is_address(const std::string& text) {
  const auto colon = text.find(':');
  const auto is_plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '-';
  };
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  constexpr std::size_t kLongestPort = 5;
  return colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
         text.size() - colon - 1 <= kLongestPort &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), is_plain) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(colon) + 1, text.end(), is_digit);
}

std::string node_file(const std::string& worker) {
  return "nodes/" + worker;
}

std::string text_in(const json& report, const char* name) {
  const auto found = report.find(name);
  return found != report.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::string pits_user_data(const PitsOptions& options, const std::string& prelude,
                           const std::string& report_url) {
  const json given{
      {"home", options.worker_home.empty() ? options.home : options.worker_home},
      {"module", options.worker_module.empty() ? options.module : options.worker_module},
      {"arguments", options.arguments},
      {"workers", options.workers},
      {"overfill", options.overfill},
      {"port", options.port},
      {"beat", options.beat},
      {"report", report_url}};
  return fmt::format(
      "{}\ncat > spotvane-pits.py <<'END_OF_SPOTVANE'\n{}END_OF_SPOTVANE\n"
      "cat > spotvane-pits.json <<'END_OF_SPOTVANE'\n{}\nEND_OF_SPOTVANE\n"
      "until python3 spotvane-pits.py spotvane-pits.json; do sleep 1; done\n",
      prelude.starts_with("#!") ? prelude : "#!/bin/sh\n" + prelude, pits_worker_script(),
      dump(given));
}

std::string PitsEngine::name_of(int run) const {
  return fmt::format("{}.{}", job_, run);
}

void PitsEngine::later(Duration delay, std::function<void()> step) {
  ports_.timers.after(delay, [is_alive = is_alive_, step = std::move(step)] {
    if (*is_alive) {
      step();
    }
  });
}

Result<void> PitsEngine::begin_run(int run) {
  const auto name = name_of(run);
  const json given{{"home", options_.home},           {"module", options_.module},
                   {"arguments", options_.arguments}, {"result", options_.result},
                   {"backoff", options_.backoff},     {"run", name}};
  run_ = run;
  addresses_.clear();
  troubles_.clear();
  return ports_.programs.write(name, kScript, std::string{pits_manager_script()})
      .and_then([&] { return ports_.programs.write(name, kGiven, dump(given)); })
      .and_then([&] { return ports_.programs.start(name, {"python3", kScript, kGiven}); });
}

PitsEngine::Progress PitsEngine::progress() const {
  const auto text = ports_.programs.read(name_of(run_), kProgress);
  const auto told = text && *text ? json::parse(**text, nullptr, false) : json{};
  if (!told.is_object()) {
    return {};
  }
  return {
      .state = text_in(told, "state"),
      .error = text_in(told, "error"),
      .done = told.contains("done") && told["done"].is_number() ? told["done"].get<double>() : 0};
}

void PitsEngine::start(std::function<void(Result<void>)> on_ready) {
  market_began_ = ports_.market.now();
  wall_began_ = ports_.wall.now();
  run_ = 0;
  while (ports_.programs.read(name_of(run_ + 1), kGiven).value_or(std::nullopt)) {
    ++run_;
  }
  if (run_ > 0) {
    return later(kSoon, [on_ready = std::move(on_ready)] { on_ready({}); });  // look says how it is
  }
  if (auto begun = begin_run(1); !begun) {
    return later(kSoon, [on_ready = std::move(on_ready), begun] { on_ready(begun); });
  }
  await_running(0, std::move(on_ready));
}

void PitsEngine::await_running(int looks, std::function<void(Result<void>)> on_ready) {
  later(kBetweenLooks, [this, looks, on_ready = std::move(on_ready)] {
    const bool is_alive = ports_.programs.is_alive(name_of(run_));
    const auto told = progress();
    if (told.state == "failed") {
      return on_ready(tl::unexpected(Error{ErrorKind::InvalidInput, told.error}));
    }
    if (!is_alive && told.state != "done") {
      return on_ready(fail(ErrorKind::InvalidInput,
                           "PY-PITS's job manager ended as it began: see '{}/log'", folder()));
    }
    if (told.state == "running" || told.state == "done" || looks >= kMostLooks) {
      return on_ready({});
    }
    await_running(looks + 1, on_ready);
  });
}

void PitsEngine::look(const JobBook& book, std::function<void(Result<EngineReport>)> on_report) {
  later(kSoon, [on_report = std::move(on_report), report = report(book)] { on_report(report); });
}

Result<EngineReport> PitsEngine::report(const JobBook& book) {
  // In this order: it may end in between, and has then said how.
  const bool is_alive = ports_.programs.is_alive(name_of(run_));
  const auto told = progress();
  EngineReport report{.tasks_done = told.done, .is_done = told.state == "done"};
  if (told.state == "failed") {
    report.failure = Error{ErrorKind::Unavailable, told.error};
  } else if (!is_alive && !report.is_done && !book.is_winding_up()) {
    if (run_ >= kMostRuns) {
      report.failure =
          Error{ErrorKind::Unavailable,
                fmt::format("PY-PITS's job manager died {} times: see '{}/log'", run_, folder())};
      return report;
    }
    if (auto begun = begin_run(run_ + 1); !begun) {
      --run_;
      return tl::unexpected(begun.error());
    }
    report.tasks_done = 0;
    report.restarted = "PY-PITS's job manager died, and keeps no checkpoint";
  }
  forget_the_dead(book);
  const auto enough = std::min(kEnoughTroubled, static_cast<std::size_t>(book.spec().work.nodes));
  if (told.done == 0 && troubles_.size() >= enough) {
    report.failure = Error{ErrorKind::Unavailable,
                           fmt::format("no worker can work: {}", troubles_.begin()->second)};
  }
  for (const auto& [worker, trouble] : troubles_) {
    if (!report.failure && said_.insert(trouble).second) {
      return fail(ErrorKind::Unavailable, "worker '{}' cannot work: {}", worker, trouble);
    }
  }
  return report;
}

/// A host that is gone costs the job manager a timeout in each of its rounds.
void PitsEngine::forget_the_dead(const JobBook& book) {
  const auto now = ports_.market.now();
  for (const auto& [number, worker] : book.workers()) {
    const bool is_gone = worker.ended || (worker.noticed && now >= *worker.noticed + kUntilTaken);
    if (is_gone && forgotten_.insert(worker.id.text()).second) {
      ports_.programs.remove(name_of(run_), node_file(worker.id.text()));
      addresses_.erase(worker.id.text());
    }
  }
}

void PitsEngine::end(End how, std::function<void(Result<void>)> on_ended) {
  for (int run = 1;
       how == End::Over &&
       (run <= run_ || ports_.programs.read(name_of(run), kGiven).value_or(std::nullopt));
       ++run) {
    ports_.programs.kill(name_of(run));
  }
  later(kSoon, [on_ended = std::move(on_ended)] { on_ended({}); });
}

std::string PitsEngine::answer(const model::InstanceId& worker, std::string_view report) {
  const auto told = json::parse(report, nullptr, false);
  if (run_ == 0 || !told.is_object()) {
    return {};
  }
  const auto& id = worker.text();
  if (const auto trouble = text_in(told, "error"); !trouble.empty()) {
    troubles_[id] = trouble;
  }
  const auto address = text_in(told, "address");
  const bool is_new = text_in(told, "run") == name_of(run_) && is_address(address) &&
                      !forgotten_.contains(id) && addresses_[id] != address;
  if (is_new &&
      ports_.programs.write(name_of(run_), node_file(id), fmt::format("node {}\n", address))) {
    addresses_[id] = address;
    troubles_.erase(id);
  }
  // Seconds of the market's in one of the worker's: in a lab there are more than one.
  const auto wall = std::max(Duration{1}, ports_.wall.now() - wall_began_);
  const auto market = std::max(Duration{1}, ports_.market.now() - market_began_);
  const auto pace = static_cast<double>(market.count()) / static_cast<double>(wall.count());
  return dump({{"run", name_of(run_)}, {"pace", pace}});
}

}  // namespace spotvane::job
