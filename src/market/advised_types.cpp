#include "market/advised_types.hpp"

#include "base/number.hpp"
#include "base/split.hpp"

#include <string>
#include <string_view>

namespace spotvane::market {

namespace {

constexpr auto kAdvisedNote = "advised_types";

std::optional<model::AdvisedType> parse_advised_type(std::string_view line) {
  const auto fields = split(line, ' ');
  if (fields.size() != 4) {
    return std::nullopt;
  }
  const auto vcpus = parse_integer(fields[1]);
  const auto memory = parse_real(fields[2]);
  if (!vcpus || !memory) {
    return std::nullopt;
  }
  return model::AdvisedType{.type = model::InstanceType{std::string{fields[0]}},
                            .vcpus = static_cast<int>(*vcpus),
                            .memory_gib = *memory,
                            .works_with_emr = fields[3] == "1"};
}

}  // namespace

Result<void> save_advised_types(StateStore& state, const std::vector<model::AdvisedType>& types) {
  std::string text = "type vcpus gib emr\n";
  for (const auto& type : types) {
    text += fmt::format("{} {} {} {}\n", type.type, type.vcpus, type.memory_gib,
                        type.works_with_emr ? 1 : 0);
  }
  return state.save_note(kAdvisedNote, text);
}

Result<std::optional<std::vector<model::AdvisedType>>> advised_types(StateStore& state) {
  return state.note(kAdvisedNote).map([](const std::optional<std::string>& text) {
    std::optional<std::vector<model::AdvisedType>> types;
    if (text) {
      types.emplace();
      for (const auto line : split(*text, '\n')) {
        if (auto type = parse_advised_type(line)) {
          types->push_back(std::move(*type));
        }
      }
    }
    return types;
  });
}

}  // namespace spotvane::market
