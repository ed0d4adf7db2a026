#pragma once

#include "base/result.hpp"

#include <libpq-fe.h>

namespace spotvane::adapters {

// Every function of libpq's that we call, without its prefix.
#define SPOTVANE_LIBPQ_FUNCTIONS(FUNCTION) \
  FUNCTION(conninfoParse)                  \
  FUNCTION(conninfoFree)                   \
  FUNCTION(freemem)                        \
  FUNCTION(connectdbParams)                \
  FUNCTION(finish)                         \
  FUNCTION(status)                         \
  FUNCTION(serverVersion)                  \
  FUNCTION(errorMessage)                   \
  FUNCTION(setNoticeProcessor)             \
  FUNCTION(exec)                           \
  FUNCTION(execParams)                     \
  FUNCTION(enterPipelineMode)              \
  FUNCTION(exitPipelineMode)               \
  FUNCTION(pipelineSync)                   \
  FUNCTION(sendPrepare)                    \
  FUNCTION(sendQueryPrepared)              \
  FUNCTION(getResult)                      \
  FUNCTION(resultStatus)                   \
  FUNCTION(resultErrorField)               \
  FUNCTION(clear)                          \
  FUNCTION(ntuples)                        \
  FUNCTION(getvalue)                       \
  FUNCTION(getlength)                      \
  FUNCTION(getisnull)                      \
  FUNCTION(cmdTuples)

/// libpq's functions as found in the shared library: `api.exec(...)` is `PQexec(...)`.
struct PostgresApi {
// NOLINTNEXTLINE(bugprone-macro-parentheses): the name of a member cannot stand in brackets
#define SPOTVANE_DECLARE(name) decltype(&PQ##name) name = nullptr;
  SPOTVANE_LIBPQ_FUNCTIONS(SPOTVANE_DECLARE)
#undef SPOTVANE_DECLARE
};

/// Loads libpq, which then stays for the life of the process; later calls find it there. Fails with
/// `Storage` where it is missing or too old.
Result<PostgresApi> load_libpq();

}  // namespace spotvane::adapters
