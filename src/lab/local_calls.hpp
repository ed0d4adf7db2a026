#pragma once

#include "base/result.hpp"
#include "lab/lab.hpp"
#include "wire/form.hpp"
#include "wire/service.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace spotvane::lab {

/// Calls a lab of one's own as the account `test`, signed as over the network, without one. Such a
/// lab must answer at once: one that has calls wait is called otherwise.
class LocalCalls {
 public:
  /// Lab and clock must outlive it. `wall` is what the lab checks signatures by, `host` where
  /// others find it: "127.0.0.1:4599".
  LocalCalls(Lab& lab, const Clock& wall, std::string host, std::string region)
      : lab_{lab}, wall_{wall}, host_{std::move(host)}, region_{std::move(region)} {}

  /// Of services that are spoken to in JSON. Answers the body. Fails with `InvalidInput`, in AWS's
  /// words.
  Result<std::string> json(const wire::Service& service, const std::string& action,
                           const std::string& body);
  /// Of the others, with these parameters.
  Result<std::string> form(const wire::Service& service, const std::string& action,
                           const wire::Form& parameters);
  /// An order of `/_lab/TOPIC`.
  Result<std::string> order(const std::string& topic, const std::string& body);

 private:
  Result<std::string> send(HttpRequest request, std::string_view action);

  Lab& lab_;
  const Clock& wall_;
  std::string host_;
  std::string region_;
};

}  // namespace spotvane::lab
