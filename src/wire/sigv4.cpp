#include "wire/sigv4.hpp"

#include "wire/digest.hpp"
#include "wire/percent.hpp"
#include "wire/timestamp.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spotvane::wire {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return lowered;
}

/// Cuts off the text before `separator` and the separator.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto piece = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return piece;
}

/// Resolves "." and ".." and runs of '/'.
std::string normalized_path(std::string_view path) {
  std::vector<std::string_view> segments;
  const bool ends_in_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  while (!path.empty()) {
    const auto segment = take_until(path, '/');
    if (segment == "..") {
      if (!segments.empty()) {
        segments.pop_back();
      }
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string normalized;
  for (const auto segment : segments) {
    normalized += '/';
    normalized += segment;
  }
  return normalized.empty() || ends_in_folder ? normalized + '/' : normalized;
}

/// Every service but S3 encodes the path as it was sent, that is, what was encoded twice.
std::string canonical_path(std::string_view path, std::string_view service) {
  return service == "s3" ? percent_encode_path(percent_decode(path, Plus::Literal))
                         : percent_encode_path(normalized_path(path));
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    auto pair = take_until(query, '&');
    if (pair.empty()) {
      continue;
    }
    auto name = percent_encode(percent_decode(take_until(pair, '='), Plus::Literal));
    parameters.emplace_back(std::move(name), percent_encode(percent_decode(pair, Plus::Literal)));
  }
  std::sort(parameters.begin(), parameters.end());

  std::string canonical;
  for (const auto& [name, value] : parameters) {
    canonical += fmt::format("{}{}={}", canonical.empty() ? "" : "&", name, value);
  }
  return canonical;
}

/// Trims, and makes one space of every run of white space.
std::string canonical_value(std::string_view value) {
  std::string canonical;
  for (const char letter : value) {
    const bool is_space = letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
    if (!is_space) {
      canonical += letter;
    } else if (!canonical.empty() && canonical.back() != ' ') {
      canonical += ' ';
    }
  }
  if (canonical.ends_with(' ')) {
    canonical.pop_back();
  }
  return canonical;
}

/// All values of the header, joined by commas. A Host that is not a header yet is the address's.
std::string header_value(const HttpRequest& request, std::string_view lower_name) {
  std::string joined;
  bool is_first = true;
  for (const auto& header : request.headers) {
    if (lower(header.name) == lower_name) {
      joined += fmt::format("{}{}", is_first ? "" : ",", canonical_value(header.value));
      is_first = false;
    }
  }
  return is_first && lower_name == "host" ? host_header(split_url(request.url)) : joined;
}

std::string credential_scope(const Authorization& authorization) {
  return fmt::format("{}/{}/{}/aws4_request", authorization.date, authorization.scope.region,
                     authorization.scope.service);
}

std::string signature(const HttpRequest& request, const Authorization& authorization,
                      std::string_view secret_access_key) {
  auto key = hmac_sha256(fmt::format("AWS4{}", secret_access_key), authorization.date);
  key = hmac_sha256(key, authorization.scope.region);
  key = hmac_sha256(key, authorization.scope.service);
  key = hmac_sha256(key, "aws4_request");
  return to_hex(hmac_sha256(key, string_to_sign(request, authorization)));
}

void drop_signature(HttpHeaders& headers) {
  std::erase_if(headers, [](const HttpHeader& header) {
    const auto name = lower(header.name);
    return name == "authorization" || name == "x-amz-date" || name == "x-amz-security-token";
  });
}

std::vector<std::string> headers_to_sign(const HttpHeaders& headers) {
  std::vector<std::string> names{"host"};
  for (const auto& header : headers) {
    if (auto name = lower(header.name); name == "content-type" || name.starts_with("x-amz-")) {
      names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

std::string canonical_request(const HttpRequest& request, const Authorization& authorization) {
  const auto url = split_url(request.url);
  std::string text = fmt::format("{}\n{}\n{}\n", request.method,
                                 canonical_path(url.path, authorization.scope.service),
                                 canonical_query(url.query));
  for (const auto& name : authorization.signed_headers) {
    text += fmt::format("{}:{}\n", name, header_value(request, name));
  }
  const auto* declared_digest = find_header(request.headers, "x-amz-content-sha256");
  text += fmt::format("\n{}\n{}", fmt::join(authorization.signed_headers, ";"),
                      declared_digest != nullptr ? *declared_digest : sha256_hex(request.body));
  return text;
}

std::string string_to_sign(const HttpRequest& request, const Authorization& authorization) {
  return fmt::format("{}\n{}\n{}\n{}", kAlgorithm, header_value(request, "x-amz-date"),
                     credential_scope(authorization),
                     sha256_hex(canonical_request(request, authorization)));
}

void sign(HttpRequest& request, const SigningScope& scope, const SigningKeys& keys, TimePoint now) {
  drop_signature(request.headers);
  auto stamp = to_amz_date(now);
  Authorization authorization{.access_key_id = keys.access_key_id,
                              .date = stamp.substr(0, 8),
                              .scope = scope,
                              .signed_headers = {},
                              .signature = {}};
  request.headers.push_back({"X-Amz-Date", std::move(stamp)});
  if (!keys.session_token.empty()) {
    request.headers.push_back({"X-Amz-Security-Token", keys.session_token});
  }
  authorization.signed_headers = headers_to_sign(request.headers);
  request.headers.push_back(
      {"Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                                    kAlgorithm, keys.access_key_id, credential_scope(authorization),
                                    fmt::join(authorization.signed_headers, ";"),
                                    signature(request, authorization, keys.secret_access_key))});
}

Result<Authorization> parse_authorization(std::string_view header) {
  // The header itself stays out of the messages: it is as good as a password for a while.
  if (take_until(header, ' ') != kAlgorithm) {
    return fail(ErrorKind::InvalidInput, "read signature: expected algorithm '{}'", kAlgorithm);
  }
  Authorization authorization;
  while (!header.empty()) {
    auto field = take_until(header, ',');
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    const auto name = take_until(field, '=');
    if (name == "Credential") {
      authorization.access_key_id = take_until(field, '/');
      authorization.date = take_until(field, '/');
      authorization.scope.region = take_until(field, '/');
      authorization.scope.service = take_until(field, '/');
      if (field != "aws4_request") {
        return fail(ErrorKind::InvalidInput,
                    "read signature: expected a credential of five parts ending in "
                    "'aws4_request'");
      }
    } else if (name == "SignedHeaders") {
      while (!field.empty()) {
        authorization.signed_headers.push_back(lower(take_until(field, ';')));
      }
    } else if (name == "Signature") {
      authorization.signature = field;
    }
  }
  if (authorization.access_key_id.empty() || authorization.signed_headers.empty() ||
      authorization.signature.empty()) {
    return fail(ErrorKind::InvalidInput,
                "read signature: expected 'Credential', 'SignedHeaders' and 'Signature'");
  }
  return authorization;
}

bool is_signed_by(const HttpRequest& request, const Authorization& authorization,
                  std::string_view secret_access_key) {
  return equal_in_constant_time(signature(request, authorization, secret_access_key),
                                authorization.signature);
}

}  // namespace spotvane::wire
