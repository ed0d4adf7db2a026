#include "adapters/http/curl_api.hpp"

#include "base/assert.hpp"

#include <dlfcn.h>

namespace spotvane::adapters {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

Result<CurlApi> find_functions() {
  void* const library = dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): glibc keeps the words by thread
    const char* const reason = dlerror();
    return tl::unexpected(Error{ErrorKind::Storage, fmt::format("load libcurl: {}", reason),
                                "install Debian's package libcurl4"});
  }
  CurlApi api;
  const char* missing = nullptr;
#define SPOTVANE_FIND(name)                                                       \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(library, "curl_" #name)); \
  missing = api.name == nullptr ? "curl_" #name : missing;
  SPOTVANE_CURL_FUNCTIONS(SPOTVANE_FIND)
#undef SPOTVANE_FIND

  if (missing != nullptr) {
    return fail(ErrorKind::Storage, "load libcurl: '{}' has no function '{}'", kLibrary, missing);
  }
  if (const auto code = api.global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK) {
    return fail(ErrorKind::Storage, "start libcurl: {}", api.easy_strerror(code));
  }
  return api;
}

}  // namespace

Result<const CurlApi*> load_curl() {
  static const auto api = find_functions();
  if (!api) {
    return tl::unexpected(api.error());
  }
  return &*api;
}

const CurlApi& curl() {
  const auto api = load_curl();
  SPOTVANE_ASSERT(api);
  return **api;
}

}  // namespace spotvane::adapters
