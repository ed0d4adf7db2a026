#pragma once

#include "agent/event.hpp"
#include "agent/log.hpp"
#include "agent/metadata_session.hpp"
#include "ports/timers.hpp"

#include <functional>
#include <map>
#include <string>

namespace spotvane::agent {

/// Looks at the instance metadata service over and over, whatever it answers.
///
/// The notice is asked for on its own, so that nothing else can hold it up; the rest one after the
/// other. What makes no sense, or no answer at all, is logged as it begins and as it ends.
///
/// What it borrows must outlive it, and the loop must not run once it is gone.
class Watch {
 public:
  using OnEvent = std::function<void(Event)>;

  /// `on_event` hears of an event at each look that shows it; its ID is AWS's own, if it has one.
  Watch(Duration poll, MetadataSession& metadata, Timers& timers, Log& log, OnEvent on_event);

  void start();

 private:
  void look_for_notice();
  void look_at_rest(std::size_t index);
  void look(const std::string& path, std::function<void()> then);
  void take(const std::string& path, const std::string& text);
  void take_termination(const std::string& text);
  void take_one(const std::string& path, Result<Event> event);
  void note_trouble(const std::string& path, const std::string& trouble);

  Duration poll_;
  MetadataSession& metadata_;
  Timers& timers_;
  Log& log_;
  OnEvent on_event_;
  std::map<std::string, std::string> troubles_;  // by path: the last one that was logged
};

}  // namespace spotvane::agent
