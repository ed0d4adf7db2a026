#include "lab/identity_token.hpp"

#include "wire/base64.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace spotvane::lab {

namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::optional<IdentityToken> read_identity_token(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(" \r\n") + 1);
  const auto first = text.find('.');
  const auto last = text.rfind('.');
  if (first == std::string_view::npos || first == last) {
    return std::nullopt;
  }
  const auto payload = wire::from_base64(text.substr(first + 1, last - first - 1));
  const auto claims = payload ? json::parse(*payload, nullptr, false) : json{};
  if (!claims.is_object()) {
    return std::nullopt;
  }
  IdentityToken token{text_in(claims, "iss"), text_in(claims, "sub"), text_in(claims, "aud"), {}};
  if (const auto several = claims.find("aud"); several != claims.end() && several->is_array() &&
                                               !several->empty() && several->front().is_string()) {
    token.audience = several->front().get<std::string>();
  }
  if (const auto expires = claims.find("exp"); expires != claims.end() && expires->is_number()) {
    // Far beyond all that makes sense, lest it overflow.
    const auto seconds = std::clamp(expires->get<double>(), 0.0, 1e11);
    token.expires = TimePoint{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
  }
  const bool is_whole = !token.issuer.empty() && !token.subject.empty() && !token.audience.empty();
  return is_whole ? std::optional{std::move(token)} : std::nullopt;
}

}  // namespace spotvane::lab
