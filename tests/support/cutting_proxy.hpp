#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace spotvane::support {

/// Stands between a client and a server's Unix socket, and hands on all they say, until the server
/// says `words`: the client does not hear them, for all is cut off there. Once; later connections
/// are left alone.
class CuttingProxy {
 public:
  CuttingProxy(const std::filesystem::path& socket, std::filesystem::path server,
               std::string words);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  /// From now on it listens for the words.
  void arm() { is_armed_ = true; }
  bool has_cut() const { return has_cut_; }

 private:
  void serve();
  bool hand_on(int from, int to, bool is_from_server);

  std::filesystem::path server_;
  std::string words_;
  int listener_;
  int stop_ = -1;
  std::atomic<bool> is_armed_ = false;
  std::atomic<bool> has_cut_ = false;
  std::thread thread_;
};

}  // namespace spotvane::support
