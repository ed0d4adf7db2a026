#include "market/known_facts.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace spotvane::market {

namespace {

constexpr auto kFactsNote = "instance_types";

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(mark), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// A line of the note: type, vCPUs, MiB, GPUs, whether spot, architectures.
std::string line_of(const model::InstanceTypeFacts& fact) {
  return fmt::format("{} {} {} {} {} {}\n", fact.type, fact.vcpus, fact.memory_mib, fact.gpus,
                     fact.offered_as_spot ? 1 : 0, fmt::join(fact.architectures, ","));
}

std::optional<model::InstanceTypeFacts> parse_line(std::string_view line) {
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
  return model::InstanceTypeFacts{.type = model::InstanceType{fields[0]},
                                  .vcpus = static_cast<int>(*vcpus),
                                  .memory_mib = *memory,
                                  .architectures = split(fields[5], ','),
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
    for (const auto& line : split(text.value_or(""), '\n')) {
      if (auto fact = parse_line(line)) {
        facts.push_back(std::move(*fact));
      }
    }
    return facts;
  });
}

}  // namespace spotvane::market
