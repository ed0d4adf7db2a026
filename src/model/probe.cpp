#include "model/probe.hpp"

#include "model/words.hpp"

namespace spotvane::model {

namespace {

using Kind = ProbeResource::Kind;

constexpr Words<LaunchMethod, 3> kMethods{{{LaunchMethod::SpotRequest, "spot-request"},
                                           {LaunchMethod::RunInstances, "run-instances"},
                                           {LaunchMethod::CreateFleet, "create-fleet"}}};

constexpr Words<ProbeOutcome, 6> kOutcomeWords{{{ProbeOutcome::AllReady, "all-ready"},
                                                {ProbeOutcome::TimedOut, "timed-out"},
                                                {ProbeOutcome::CannotBeMet, "cannot-be-met"},
                                                {ProbeOutcome::Refused, "refused"},
                                                {ProbeOutcome::Stopped, "stopped"},
                                                {ProbeOutcome::CutShort, "cut-short"}}};

constexpr Words<Kind, 4> kKinds{{{Kind::SpotRequest, "spot-request"},
                                 {Kind::Instance, "instance"},
                                 {Kind::Fleet, "fleet"},
                                 {Kind::LaunchTemplate, "launch-template"}}};

}  // namespace

std::string_view to_text(LaunchMethod via) {
  return word_of(kMethods, via);
}

std::optional<LaunchMethod> parse_launch_method(std::string_view text) {
  return value_of(kMethods, text);
}

std::string_view to_text(ProbeOutcome outcome) {
  return word_of(kOutcomeWords, outcome);
}

std::optional<ProbeOutcome> parse_probe_outcome(std::string_view text) {
  return value_of(kOutcomeWords, text);
}

std::string_view to_text(Kind kind) {
  return word_of(kKinds, kind);
}

std::optional<Kind> parse_resource_kind(std::string_view text) {
  return value_of(kKinds, text);
}

}  // namespace spotvane::model
