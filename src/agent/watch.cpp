#include "agent/watch.hpp"

#include "agent/metadata_texts.hpp"

#include <array>
#include <utility>

namespace spotvane::agent {

namespace {

constexpr const char* kNotice = "meta-data/spot/instance-action";
constexpr const char* kTerminationTime = "meta-data/spot/termination-time";
constexpr const char* kRebalance = "meta-data/events/recommendations/rebalance";
constexpr const char* kMaintenance = "meta-data/events/maintenance/scheduled";
constexpr const char* kLifecycle = "meta-data/autoscaling/target-lifecycle-state";

constexpr std::array<const char*, 4> kRest{kTerminationTime, kRebalance, kLifecycle, kMaintenance};

}  // namespace

Watch::Watch(Duration poll, MetadataSession& metadata, Timers& timers, Log& log, OnEvent on_event)
    : poll_{poll},
      metadata_{metadata},
      timers_{timers},
      log_{log},
      on_event_{std::move(on_event)} {}

void Watch::start() {
  look_for_notice();
  look_at_rest(0);
}

void Watch::look_for_notice() {
  look(kNotice, [this] { timers_.after(poll_, [this] { look_for_notice(); }); });
}

void Watch::look_at_rest(std::size_t index) {
  look(kRest.at(index), [this, index] {
    if (index + 1 < kRest.size()) {
      return look_at_rest(index + 1);
    }
    timers_.after(poll_, [this] { look_at_rest(0); });
  });
}

void Watch::look(const std::string& path, std::function<void()> then) {
  metadata_.get(
      path, [this, path, then = std::move(then)](const Result<std::optional<std::string>>& text) {
        note_trouble(path, text ? std::string{} : text.error().message);
        if (text && *text) {
          take(path, **text);
        }
        then();
      });
}

void Watch::take(const std::string& path, const std::string& text) {
  const auto take_if_any = [&](std::optional<Event> event) {
    if (event) {
      on_event_(std::move(*event));
    }
  };
  if (path == kNotice) {
    take_one(path, read_instance_action(text));
  } else if (path == kRebalance) {
    take_one(path, read_rebalance(text));
  } else if (path == kTerminationTime) {
    take_termination(text);
  } else if (path == kLifecycle) {
    take_if_any(read_lifecycle_state(text));
  } else {
    auto events = read_maintenance(text);
    if (!events) {
      return note_trouble(path, events.error().message);
    }
    for (auto& event : *events) {
      on_event_(std::move(event));
    }
  }
}

/// It says when, and the notice what besides: some serve it of instances that will be stopped.
void Watch::take_termination(const std::string& text) {
  const auto event = read_termination_time(text);
  if (!event) {
    return;
  }
  metadata_.get(kNotice, [this, event](const Result<std::optional<std::string>>& notice) {
    const auto whole = notice && *notice ? read_instance_action(**notice) : Result<Event>{*event};
    on_event_(whole ? *whole : *event);
  });
}

void Watch::take_one(const std::string& path, Result<Event> event) {
  if (!event) {
    return note_trouble(path, event.error().message);
  }
  on_event_(std::move(*event));
}

void Watch::note_trouble(const std::string& path, const std::string& trouble) {
  auto& last = troubles_[path];
  if (trouble == last) {
    return;
  }
  if (trouble.empty()) {
    log_.write(LogLevel::Info, "metadata-again", {{"path", path}});
  } else if (last.empty()) {
    log_.write(LogLevel::Warning, "metadata-trouble", {{"path", path}, {"error", trouble}});
  }
  last = trouble;
}

}  // namespace spotvane::agent
