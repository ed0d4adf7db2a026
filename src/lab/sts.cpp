#include "lab/sts.hpp"

#include "lab/xml_answer.hpp"
#include "sim/value_noise.hpp"

namespace spotvane::lab {

Answered<std::string> get_caller_identity(World& world, const Call& call) {
  const auto user = sim::derive(sim::derive(world.seed(), call.account.id), call.account.user);
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.leaf("Arn", fmt::format("arn:aws:iam::{}:user/{}", call.account.id, call.account.user));
    xml.leaf("UserId", fmt::format("AIDA{:016X}", user));
    xml.leaf("Account", call.account.id);
  });
}

}  // namespace spotvane::lab
