#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace spotvane::adapters {

/// What is known of an exchange that did not come to a complete answer.
struct CurlFailure {
  int code = 0;           ///< a `CURLcode`
  std::string host = {};  ///< and port
  std::string text = {};  ///< curl's own words; may be empty
  int system_error = 0;   ///< errno of the connection; 0 where it was none
  bool is_connected = false;
};

/// Says it in our words. Nothing of the URL but the host is shown.
Error explain(const CurlFailure& failure);

}  // namespace spotvane::adapters
