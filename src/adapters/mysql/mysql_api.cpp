#include "adapters/mysql/mysql_api.hpp"

#include <dlfcn.h>

#include <utility>

namespace spotvane::adapters {
namespace {

constexpr const char* kMariadbLibrary = "libmariadb.so.3";

}  // namespace

#pragma push_macro("errno")
#undef errno

Result<MysqlApi> load_mysql() {
  void* const library = dlopen(kMariadbLibrary, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the words by thread
    auto what = fmt::format("load MariaDB's library: {}", dlerror());
    return tl::unexpected(Error{ErrorKind::Storage, std::move(what),
                                "install it: on Debian, `apt-get install libmariadb3`"});
  }
  MysqlApi api;
  const char* missing = nullptr;
#define SPOTVANE_FIND(name)                                                                      \
  api.call_##name = reinterpret_cast<decltype(api.call_##name)>(dlsym(library, "mysql_" #name)); \
  missing = api.call_##name == nullptr ? "mysql_" #name : missing;
  SPOTVANE_MYSQL_FUNCTIONS(SPOTVANE_FIND)
#undef SPOTVANE_FIND
  if (missing != nullptr) {
    return tl::unexpected(Error{
        ErrorKind::Storage,
        fmt::format("load MariaDB's library: '{}' has no function '{}'", kMariadbLibrary, missing),
        "install a newer one"});
  }
  return api;
}

#pragma pop_macro("errno")

}  // namespace spotvane::adapters
