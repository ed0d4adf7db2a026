#include "base/database_url.hpp"

#include "base/split.hpp"

#include <algorithm>
#include <array>

namespace spotvane {

namespace {

constexpr std::string_view kHidden = "***";

/// What may be shown of an address's options; a password can be among them, too.
constexpr std::array<std::string_view, 6> kOpen{"host", "hostaddr", "port",
                                                "user", "dbname",   "sslmode"};

struct Parts {
  std::string_view scheme;  ///< "postgresql://"
  std::string_view user;    ///< "user:password@", or empty
  std::string_view place;   ///< "host:5432/database"
  std::string_view options;
};

Parts parts_of(std::string_view url) {
  Parts parts;
  const auto colon = url.find("://");
  const auto scheme_end = colon == std::string_view::npos ? 0 : colon + 3;
  parts.scheme = url.substr(0, scheme_end);
  url.remove_prefix(scheme_end);
  // The last one: a password that should have been encoded may hold others. Rather hide too much.
  const auto last_at = url.rfind('@');
  if (last_at != std::string_view::npos) {
    parts.user = url.substr(0, last_at + 1);
    url.remove_prefix(last_at + 1);
  }
  const auto options = std::min(url.size(), url.find('?'));
  parts.place = url.substr(0, options);
  parts.options = options < url.size() ? url.substr(options + 1) : std::string_view{};
  return parts;
}

}  // namespace

Result<void> check_database_url(std::string_view url) {
  const auto parts = parts_of(url);
  if (parts.scheme != "postgresql://" && parts.scheme != "postgres://") {
    return fail(ErrorKind::InvalidInput, "must begin with postgresql://");
  }
  const auto user = parts.user.substr(0, parts.user.empty() ? 0 : parts.user.size() - 1);
  if (user.find_first_of("@/?# ") != std::string_view::npos) {
    return fail(ErrorKind::InvalidInput,
                "in the password, '@' must be written as %40, '/' as %2F, '?' as %3F, '#' as %23");
  }
  return {};
}

bool has_password(std::string_view url) {
  const auto parts = parts_of(url);
  if (parts.user.find(':') != std::string_view::npos) {
    return true;
  }
  // A name that is written with escapes is not looked into: it may be any.
  const auto options = split(parts.options, '&');
  return std::any_of(options.begin(), options.end(), [](std::string_view option) {
    const auto name = option.substr(0, option.find('='));
    return name.find("password") != std::string_view::npos ||
           name.find('%') != std::string_view::npos;
  });
}

std::string hide_password(std::string_view url) {
  const auto parts = parts_of(url);
  std::string shown{parts.scheme};
  if (!parts.user.empty()) {
    const auto colon = parts.user.find(':');
    shown += colon == std::string_view::npos
                 ? std::string{parts.user}
                 : fmt::format("{}:{}@", parts.user.substr(0, colon), kHidden);
  }
  shown += parts.place;
  char joint = '?';
  for (const auto option : split(parts.options, '&')) {
    const auto name = option.substr(0, option.find('='));
    const bool is_open = std::find(kOpen.begin(), kOpen.end(), name) != kOpen.end();
    shown += joint;
    shown += is_open ? std::string{option} : fmt::format("{}={}", name, kHidden);
    joint = '&';
  }
  return shown;
}

}  // namespace spotvane
