#pragma once

#include "base/result.hpp"

#include <curl/curl.h>

namespace spotvane::adapters {

// Every function of libcurl's that we call, without its prefix.
#define SPOTVANE_CURL_FUNCTIONS(FUNCTION) \
  FUNCTION(global_init)                   \
  FUNCTION(easy_init)                     \
  FUNCTION(easy_setopt)                   \
  FUNCTION(easy_getinfo)                  \
  FUNCTION(easy_strerror)                 \
  FUNCTION(easy_cleanup)                  \
  FUNCTION(multi_init)                    \
  FUNCTION(multi_setopt)                  \
  FUNCTION(multi_add_handle)              \
  FUNCTION(multi_remove_handle)           \
  FUNCTION(multi_socket_action)           \
  FUNCTION(multi_info_read)               \
  FUNCTION(multi_cleanup)                 \
  FUNCTION(slist_append)                  \
  FUNCTION(slist_free_all)

/// libcurl's functions as found in the shared library: `curl().easy_init()` is `curl_easy_init()`.
///
/// Not linked, since it brings thirty libraries along: starting took four times as long for every
/// command, and most of them ask nobody anything.
struct CurlApi {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member cannot stand in brackets
#define SPOTVANE_DECLARE(name) decltype(&curl_##name) name = nullptr;
  SPOTVANE_CURL_FUNCTIONS(SPOTVANE_DECLARE)
#undef SPOTVANE_DECLARE
};

/// Loads and initialises libcurl, which then stays for the life of the process; later calls find it
/// there. Fails with `Storage` where it is missing. Safe from several threads.
Result<const CurlApi*> load_curl();

/// The same, where `load_curl` has succeeded before.
const CurlApi& curl();

}  // namespace spotvane::adapters
