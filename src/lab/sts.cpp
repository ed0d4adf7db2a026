#include "lab/sts.hpp"

#include "base/number.hpp"
#include "lab/identity_token.hpp"
#include "lab/parameter.hpp"
#include "lab/xml_answer.hpp"
#include "sim/value_noise.hpp"

#include <algorithm>
#include <utility>

namespace spotvane::lab {

namespace {

constexpr std::int64_t kUsualSeconds = 3600;
constexpr std::int64_t kMostSecondsOfAChain = 3600;

tl::unexpected<Refusal> refuse_value(std::string_view name, std::string_view value,
                                     std::string_view constraint) {
  return refuse(400, "ValidationError",
                "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: {}",
                value, name, constraint);
}

Answered<std::string> required_text(const Call& call, std::string_view name) {
  auto text = text_parameter(call, name);
  return text ? Answered<std::string>{*std::move(text)}
              : refuse(400, "ValidationError",
                       "1 validation error detected: Value null at '{}' failed to satisfy "
                       "constraint: Member must not be null",
                       name);
}

struct Role {
  std::string account;
  std::string name;
};

/// Reads "arn:aws:iam::123456789012:role/path/name".
Answered<Role> role_parameter(const Call& call) {
  const auto arn = required_text(call, "RoleArn");
  if (!arn) {
    return tl::unexpected(arn.error());
  }
  constexpr std::string_view kKind = ":role/";
  const auto iam = arn->find(":iam::");
  const auto kind = arn->find(kKind);
  const auto begin = iam + std::string_view{":iam::"}.size();
  if (!arn->starts_with("arn:aws") || iam == std::string::npos || kind != begin + 12 ||
      arn->find_first_not_of("0123456789", begin) != kind || arn->ends_with('/')) {
    return refuse(400, "ValidationError", "{} is invalid", *arn);
  }
  return Role{arn->substr(begin, 12), arn->substr(arn->rfind('/') + 1)};
}

Answered<std::string> session_name_parameter(const Call& call) {
  auto name = required_text(call, "RoleSessionName");
  if (!name) {
    return name;
  }
  const bool is_spelt_well = std::all_of(name->begin(), name->end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view{"_+=,.@-"}.find(letter) != std::string_view::npos;
  });
  if (!is_spelt_well) {
    return refuse_value("roleSessionName", *name,
                        "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  }
  if (name->size() < 2 || name->size() > 64) {
    return refuse_value("roleSessionName", *name,
                        "Member must have length between 2 and 64, inclusive");
  }
  return name;
}

Answered<Duration> duration_parameter(const Call& call) {
  const auto text = text_parameter(call, "DurationSeconds");
  const auto seconds = text ? parse_integer(*text) : Result<std::int64_t>{kUsualSeconds};
  if (!seconds || *seconds < 900 || *seconds > 43200) {
    return refuse_value("durationSeconds", *text, "Member must have value between 900 and 43200");
  }
  if (!call.account.role.empty() && *seconds > kMostSecondsOfAChain) {
    return refuse(400, "ValidationError",
                  "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                  "assumed by role chaining");
  }
  return Duration{std::chrono::seconds{*seconds}};
}

std::string letters(std::uint64_t key, std::size_t count, std::string_view alphabet) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += alphabet[sim::derive(key, i) % alphabet.size()];
  }
  return text;
}

constexpr std::string_view kOfIds = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kOfSecrets =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What AWS knows a user or a role by, whatever it is called.
std::string unique_id(const World& world, const Account& account) {
  const auto of_account = sim::derive(world.seed(), account.id);
  if (account.role.empty()) {
    return fmt::format("AIDA{:016X}", sim::derive(of_account, account.user));
  }
  return fmt::format("AROA{:016X}:{}", sim::derive(of_account, "role/" + account.role),
                     account.user);
}

std::string arn_of(const Account& account) {
  return account.role.empty() ? fmt::format("arn:aws:iam::{}:user/{}", account.id, account.user)
                              : fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", account.id,
                                            account.role, account.user);
}

/// Reads what both ways to assume a role are told, and makes the session.
Answered<Account> session_asked_for(World& world, const Call& call) {
  const auto role = role_parameter(call);
  if (!role) {
    return tl::unexpected(role.error());
  }
  const auto name = session_name_parameter(call);
  if (!name) {
    return tl::unexpected(name.error());
  }
  const auto duration = duration_parameter(call);
  if (!duration) {
    return tl::unexpected(duration.error());
  }
  world.accounts().forget_expired(call.wall_now);
  return open_session(world, role->account, role->name, *name, call.wall_now + *duration);
}

void write_session(wire::XmlWriter& xml, const World& world, const Account& session) {
  xml.open("Credentials")
      .leaf("AccessKeyId", session.access_key_id)
      .leaf("SecretAccessKey", session.secret_access_key)
      .leaf("SessionToken", session.session_token)
      .leaf("Expiration", to_iso8601(*session.expires))
      .close();
  xml.open("AssumedRoleUser")
      .leaf("AssumedRoleId", unique_id(world, session))
      .leaf("Arn", arn_of(session))
      .close();
}

}  // namespace

Account open_session(World& world, std::string account, std::string role, std::string name,
                     TimePoint expires) {
  const auto key = sim::derive(sim::derive(world.seed(), "session"), world.next_session());
  Account session{.id = std::move(account),
                  .user = std::move(name),
                  .access_key_id = "ASIA" + letters(sim::derive(key, "id"), 16, kOfIds),
                  .secret_access_key = letters(sim::derive(key, "secret"), 40, kOfSecrets),
                  .session_token = "IQoJb3JpZ2luX2VjE" +
                                   letters(sim::derive(key, "token"), 300, kOfSecrets) + "==",
                  .expires = std::chrono::floor<std::chrono::seconds>(expires),
                  .role = std::move(role)};
  world.accounts().add(session);
  return session;
}

Answered<std::string> get_caller_identity(World& world, const Call& call) {
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("Arn", arn_of(call.account));
    xml.leaf("UserId", unique_id(world, call.account));
    xml.leaf("Account", call.account.id);
  });
}

Answered<std::string> assume_role(World& world, const Call& call) {
  const auto session = session_asked_for(world, call);
  if (!session) {
    return tl::unexpected(session.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) { write_session(xml, world, *session); });
}

Answered<std::string> assume_role_with_web_identity(World& world, const Call& call) {
  const auto text = required_text(call, "WebIdentityToken");
  if (!text) {
    return tl::unexpected(text.error());
  }
  const auto token = read_identity_token(*text);
  if (!token) {
    return refuse(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
  }
  if (token->expires && *token->expires <= call.wall_now) {
    return refuse(400, "ExpiredTokenException", "Token expired: the JWT's time is over");
  }
  const auto session = session_asked_for(world, call);
  if (!session) {
    return tl::unexpected(session.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    write_session(xml, world, *session);
    xml.leaf("SubjectFromWebIdentityToken", token->subject);
    xml.leaf("Provider", token->issuer);
    xml.leaf("Audience", token->audience);
  });
}

}  // namespace spotvane::lab
