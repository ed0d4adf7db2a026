#include "adapters/aws/key_documents.hpp"

#include "adapters/aws/json_fields.hpp"
#include "wire/xml.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace spotvane::adapters {

namespace {

using nlohmann::json;

Result<json> read_object(std::string_view text) {
  auto document = json::parse(text, nullptr, false);
  if (!document.is_object()) {
    return fail(ErrorKind::Denied, "that is not JSON");
  }
  return document;
}

/// `token_name` is what this kind of document calls the session token.
Result<SessionKeys> read_keys(const json& document, const char* token_name) {
  SessionKeys read{.keys = {json_text(document, "AccessKeyId"),
                            json_text(document, "SecretAccessKey"),
                            json_text(document, token_name)}};
  if (read.keys.access_key_id.empty()) {
    return fail(ErrorKind::Denied, "'AccessKeyId' is missing");
  }
  if (read.keys.secret_access_key.empty()) {
    return fail(ErrorKind::Denied, "'SecretAccessKey' is missing");
  }
  const auto expiration = document.find("Expiration");
  if (expiration == document.end() || expiration->is_null()) {
    return read;
  }
  const auto expires = parse_time(json_text(document, "Expiration"));
  if (!expires) {
    return fail(ErrorKind::Denied, "'Expiration' is no time such as '2026-08-01T12:00:00Z'");
  }
  read.expires = *expires;
  return read;
}

}  // namespace

Result<SessionKeys> read_process_keys(std::string_view text) {
  const auto document = read_object(text);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto version = document->find("Version");
  if (version == document->end() || *version != 1) {
    return fail(ErrorKind::Denied, "'Version' is not 1");
  }
  return read_keys(*document, "SessionToken");
}

Result<SessionKeys> read_container_keys(std::string_view text) {
  const auto document = read_object(text);
  return document ? read_keys(*document, "Token") : tl::unexpected(document.error());
}

Result<SessionKeys> read_instance_keys(std::string_view text) {
  const auto document = read_object(text);
  if (!document) {
    return tl::unexpected(document.error());
  }
  if (const auto code = json_text(*document, "Code"); !code.empty() && code != "Success") {
    return fail(ErrorKind::Denied, "the role is not usable, '{}': {}", code,
                json_text(*document, "Message"));
  }
  return read_keys(*document, "Token");
}

Result<SessionKeys> read_sts_keys(std::string_view text, std::string_view action) {
  const auto document = wire::XmlDocument::parse(text);
  if (!document) {
    return fail(ErrorKind::Denied, "that is not XML");
  }
  const auto found = document->root().child(fmt::format("{}Result", action)).child("Credentials");
  const auto text_of = [&](std::string_view name) { return std::string{found.child_text(name)}; };
  const auto expires = parse_time(text_of("Expiration"));
  SessionKeys read{
      .keys = {text_of("AccessKeyId"), text_of("SecretAccessKey"), text_of("SessionToken")}};
  if (read.keys.access_key_id.empty() || read.keys.secret_access_key.empty() ||
      read.keys.session_token.empty() || !expires) {
    return fail(ErrorKind::Denied, "the credentials in it are incomplete");
  }
  read.expires = *expires;
  return read;
}

}  // namespace spotvane::adapters
