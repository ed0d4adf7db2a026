#include "market/known_facts.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace spotvane::market {

namespace {

constexpr auto kFactsNote = "instance_types";

/// A line of the note: type, vCPUs, MiB, GPUs, whether spot, architectures.
std::string line_of(const model::InstanceTypeFacts& fact) {
  return fmt::format("{} {} {} {} {} {}\n", fact.type, fact.vcpus, fact.memory_mib, fact.gpus,
                     fact.offered_as_spot ? 1 : 0, fmt::join(fact.architectures, ","));
}

std::optional<model::InstanceTypeFacts> parse_fact(std::string_view line) {
  constexpr std::size_t kFields = 6;
  const auto fields = split(line, ' ');
  if (fields.size() != kFields) {
    return std::nullopt;
  }
  const auto vcpus = parse_integer(fields[1]);
  const auto memory = parse_integer(fields[2]);
  const auto gpus = parse_integer(fields[3]);
  if (!vcpus || !memory || !gpus) {
    return std::nullopt;
  }
  const auto architectures = split(fields[5], ',');
  return model::InstanceTypeFacts{.type = model::InstanceType{std::string{fields[0]}},
                                  .vcpus = static_cast<int>(*vcpus),
                                  .memory_mib = *memory,
                                  .architectures = {architectures.begin(), architectures.end()},
                                  .gpus = static_cast<int>(*gpus),
                                  .offered_as_spot = fields[4] == "1"};
}

}  // namespace

Result<void> save_facts(StateStore& state, const std::vector<model::InstanceTypeFacts>& facts) {
  std::string text;
  for (const auto& fact : facts) {
    text += line_of(fact);
  }
  return state.save_note(kFactsNote, text);
}

Result<std::vector<model::InstanceTypeFacts>> known_facts(StateStore& state) {
  return state.note(kFactsNote).map([](const std::optional<std::string>& text) {
    std::vector<model::InstanceTypeFacts> facts;
    const auto lines = text.value_or("");
    for (const auto line : split(lines, '\n')) {
      if (auto fact = parse_fact(line)) {
        facts.push_back(std::move(*fact));
      }
    }
    return facts;
  });
}

}  // namespace spotvane::market
