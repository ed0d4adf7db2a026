#include "adapters/sql/postgres_api.hpp"

#include <dlfcn.h>

#include <utility>

namespace spotvane::adapters {
namespace {

constexpr const char* kLibrary = "libpq.so.5";
constexpr const char* kHint = "install it: on Debian, `apt-get install libpq5`";

}  // namespace

Result<PostgresApi> load_libpq() {
  void* const library = dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the words by thread
    auto what = fmt::format("load PostgreSQL's library: {}", dlerror());
    return tl::unexpected(Error{ErrorKind::Storage, std::move(what), kHint});
  }
  PostgresApi api;
  const char* missing = nullptr;
#define SPOTVANE_FIND(name)                                                    \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(library, "PQ" #name)); \
  missing = api.name == nullptr ? "PQ" #name : missing;
  SPOTVANE_LIBPQ_FUNCTIONS(SPOTVANE_FIND)
#undef SPOTVANE_FIND
  if (missing != nullptr) {
    return tl::unexpected(Error{
        ErrorKind::Storage,
        fmt::format("load PostgreSQL's library: '{}' has no function '{}': it is older than 14",
                    kLibrary, missing),
        "install a newer one"});
  }
  return api;
}

}  // namespace spotvane::adapters
