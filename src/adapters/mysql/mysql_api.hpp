#pragma once

#include "base/result.hpp"

#include <mysql.h>

namespace spotvane::adapters {

// Every function of the client library's that we call, without its prefix.
#define SPOTVANE_MYSQL_FUNCTIONS(FUNCTION) \
  FUNCTION(init)                           \
  FUNCTION(optionsv)                       \
  FUNCTION(real_connect)                   \
  FUNCTION(real_query)                     \
  FUNCTION(store_result)                   \
  FUNCTION(num_fields)                     \
  FUNCTION(fetch_row)                      \
  FUNCTION(fetch_lengths)                  \
  FUNCTION(free_result)                    \
  FUNCTION(errno)                          \
  FUNCTION(error)                          \
  FUNCTION(close)

// <cerrno> makes of `errno` something else.
#pragma push_macro("errno")
#undef errno

/// libmariadb's functions as found in the shared library: `api.call_init(...)` is
/// `mysql_init(...)`.
struct MysqlApi {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member cannot stand in brackets
#define SPOTVANE_DECLARE(name) decltype(&mysql_##name) call_##name = nullptr;
  SPOTVANE_MYSQL_FUNCTIONS(SPOTVANE_DECLARE)
#undef SPOTVANE_DECLARE
};

#pragma pop_macro("errno")

/// Loads libmariadb, which then stays for the life of the process. Fails with `Storage` where it is
/// missing or too old.
Result<MysqlApi> load_mysql();

}  // namespace spotvane::adapters
