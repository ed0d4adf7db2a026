#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace spotvane {

/// Whether it can be a PostgreSQL server's address, "postgresql://user:password@host/database".
/// Fails with `InvalidInput`, and does not repeat the address: it may hold a password.
Result<void> check_database_url(std::string_view url);

/// Whether the address has a password in it, in either of the places for one.
bool has_password(std::string_view url);

/// The address to show: without its password, and whatever else might be secret.
std::string hide_password(std::string_view url);

}  // namespace spotvane
