#include "adapters/lake/duckdb_api.hpp"

#include <dlfcn.h>

#include <string_view>

namespace spotvane::adapters {
namespace {

constexpr const char* kLibrary = "libduckdb.so";
constexpr std::string_view kVersion = "v1.5.";
constexpr const char* kHint =
    "install spotvane again, or put DuckDB 1.5's libduckdb.so on LD_LIBRARY_PATH";

tl::unexpected<Error> refuse(std::string message) {
  return tl::unexpected(Error{ErrorKind::Storage, std::move(message), kHint});
}

}  // namespace

Result<DuckdbApi> load_duckdb() {
  // 57,000 exported names: bound as they are called, and kept out of everyone else's way.
  void* const library = dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the words by thread
    return refuse(fmt::format("load DuckDB: {}", dlerror()));
  }

  DuckdbApi api;
  const char* missing = nullptr;
#define SPOTVANE_FIND(name)                                                         \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(library, "duckdb_" #name)); \
  missing = api.name == nullptr ? "duckdb_" #name : missing;
  SPOTVANE_DUCKDB_FUNCTIONS(SPOTVANE_FIND)
#undef SPOTVANE_FIND

  if (missing != nullptr) {
    return refuse(fmt::format("load DuckDB: '{}' has no function '{}'", kLibrary, missing));
  }
  const std::string_view version = api.library_version();
  if (!version.starts_with(kVersion)) {
    return refuse(fmt::format("load DuckDB: '{}' is version '{}', this program knows '{}x'",
                              kLibrary, version, kVersion));
  }
  return api;
}

}  // namespace spotvane::adapters
