#pragma once

#include "base/http_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::lab {

/// What a gzip stream holds; none where it is broken, or holds more than 64 MiB.
std::optional<std::string> gunzip(std::string_view compressed);

/// A request's body, without the compression it may have come in; none likewise.
std::optional<std::string> plain_body(const HttpRequest& request);

}  // namespace spotvane::lab
