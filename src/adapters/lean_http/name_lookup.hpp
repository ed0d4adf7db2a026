#pragma once

#include "base/random.hpp"
#include "base/result.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

class EventLoop;

/// Name servers in the text of /etc/resolv.conf, in their order; this machine where it names none.
std::vector<std::string> read_name_servers(std::string_view resolv_conf);

/// Address by name, in the text of /etc/hosts.
std::map<std::string, std::string, std::less<>> read_hosts(std::string_view hosts);

/// Finds hosts' addresses: by /etc/hosts, then by the name servers of /etc/resolv.conf.
///
/// The C library's own resolver loads shared libraries of the very version it was linked with, and
/// so cannot be part of a program that is to run on any machine.
///
/// The loop must outlive it and must not run once it is gone.
class NameLookup {
 public:
  using OnAddresses = std::function<void(Result<std::vector<std::string>>)>;

  NameLookup(EventLoop& loop, Random random);
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  /// At least one address, at once where it is known without asking. IPv6 where there is no IPv4.
  /// Fails with `Unavailable`.
  void find(std::string name, OnAddresses on_addresses);

 private:
  struct Question;

  void ask(const std::shared_ptr<Question>& question);

  EventLoop& loop_;
  Random random_;
};

}  // namespace spotvane::adapters
