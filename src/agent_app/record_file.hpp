#pragma once

#include "agent/delivery.hpp"

#include <set>
#include <string>

namespace spotvane::agent_app {

/// Keeps entries in memory and, where it has a name, a file of lines. A file that cannot be read or
/// written is one warning: telling goes on.
class RecordFile final : public agent::DeliveryRecord {
 public:
  RecordFile(std::string file, agent::Log& log);

  bool holds(const std::string& entry) const override { return entries_.contains(entry); }
  void add(const std::string& entry) override;

 private:
  std::string file_;
  agent::Log& log_;
  std::set<std::string> entries_;
};

}  // namespace spotvane::agent_app
