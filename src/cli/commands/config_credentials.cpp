#include "cli/commands/config_credentials.hpp"

#include "cli/await_answer.hpp"
#include "cli/cloud_session.hpp"

namespace spotvane::cli {

namespace {

Document describe_access(const CloudAccess& access) {
  Table endpoints{.name = "endpoints", .columns = {{"service"}, {"endpoint"}}};
  for (const auto& [service, address] : access.endpoints) {
    endpoints.rows.push_back({service, address});
  }
  return {.facts = {{"profile", access.profile},
                    {"region", access.region},
                    {"method", access.method},
                    {"source", access.source},
                    {"roles", Words{access.roles}}},
          .tables = {std::move(endpoints)}};
}

}  // namespace

void ConfigCredentials::declare(Flags& flags, Settings& /*settings*/) {
  flags.toggle("check", "ask AWS whose they are", checks_);
}

Result<ExitCode> ConfigCredentials::run(Environment& environment) {
  auto connected = environment.world.connect(cloud_options(environment.settings));
  if (!connected) {
    return tl::unexpected(std::move(connected.error()));
  }
  auto& cloud = **connected;
  auto document = describe_access(cloud.access());
  // What is known is shown although the rest is not: it tells where to look.
  const auto show_and_fail = [&](Error error) {
    environment.show(document);
    return tl::unexpected(std::move(error));
  };

  auto keys = await_answer<KeysInUse>(
      environment.world, [&](On<KeysInUse> on_keys) { cloud.keys_in_use(std::move(on_keys)); });
  auto& facts = document.facts;
  facts.emplace_back("access_key_id", keys ? Value{keys->access_key_id} : Value{});
  facts.emplace_back("temporary", keys ? Value{keys->is_temporary} : Value{});
  facts.emplace_back("expires", keys && keys->expires ? Value{*keys->expires} : Value{});
  if (!keys) {
    return show_and_fail(std::move(keys.error()));
  }
  if (checks_) {
    auto identity = ask_identity(environment.world, cloud);
    facts.emplace_back("account", identity ? Value{identity->account} : Value{});
    facts.emplace_back("arn", identity ? Value{identity->arn} : Value{});
    if (!identity) {
      return show_and_fail(std::move(identity.error()).during("ask AWS who we are"));
    }
  }
  environment.show(document);
  return ExitCode::Done;
}

}  // namespace spotvane::cli
