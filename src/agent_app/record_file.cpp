#include "agent_app/record_file.hpp"

#include <fstream>
#include <utility>

namespace spotvane::agent_app {

RecordFile::RecordFile(std::string file, agent::Log& log) : file_{std::move(file)}, log_{log} {
  std::ifstream lines{file_};
  for (std::string line; std::getline(lines, line);) {
    entries_.insert(line);
  }
}

void RecordFile::add(const std::string& entry) {
  entries_.insert(entry);
  if (file_.empty()) {
    return;
  }
  std::ofstream lines{file_, std::ios::app};
  lines << entry << "\n";
  lines.flush();
  if (!lines) {
    log_.write(agent::LogLevel::Warning, "record-failed", {{"file", file_}});
  }
}

}  // namespace spotvane::agent_app
