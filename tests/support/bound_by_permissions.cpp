#include "support/bound_by_permissions.hpp"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace spotvane::support {

namespace {

constexpr std::uint32_t kOverrides = (1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH);

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

Capabilities capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Capabilities found{};
  if (syscall(SYS_capget, &header, found.data()) != 0) {
    throw std::system_error{errno, std::generic_category(), "capget"};
  }
  return found;
}

void set(const Capabilities& wanted) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  if (syscall(SYS_capset, &header, wanted.data()) != 0) {
    throw std::system_error{errno, std::generic_category(), "capset"};
  }
}

}  // namespace

BoundByPermissions::BoundByPermissions() {
  auto now = capabilities();
  taken_ = now[0].effective & kOverrides;
  now[0].effective &= ~kOverrides;
  set(now);
}

BoundByPermissions::~BoundByPermissions() {
  auto now = capabilities();
  now[0].effective |= taken_;
  set(now);
}

}  // namespace spotvane::support
