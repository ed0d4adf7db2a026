#include "lab/parameter.hpp"

#include "base/number.hpp"
#include "sim/value_noise.hpp"

#include <charconv>
#include <utility>
#include <vector>

namespace spotvane::lab {

namespace {

/// What a paged call asks, whichever page of it.
std::string question_of(const Call& call) {
  std::vector<std::string> parts;
  for (const auto& parameter : call.form.parameters()) {
    if (parameter.name != "NextToken" && parameter.name != "MaxResults") {
      parts.push_back(fmt::format("{}={}", parameter.name, parameter.value));
    }
  }
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}\n{}\n{}", call.account.id, call.region, fmt::join(parts, "\n"));
}

std::uint64_t seal(std::uint64_t seed, std::string_view question, std::uint64_t time,
                   std::uint64_t first) {
  return sim::derive(sim::derive(sim::derive(sim::derive(seed, "page"), question), time), first);
}

std::optional<std::uint64_t> read_hex(std::string_view digits) {
  std::uint64_t value = 0;
  const auto* last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, value, 16);
  return error == std::errc{} && end == last ? std::optional{value} : std::nullopt;
}

}  // namespace

Answered<std::optional<std::int64_t>> integer_parameter(const Call& call, std::string_view name,
                                                        std::int64_t least, std::int64_t most) {
  const auto text = text_parameter(call, name);
  if (!text) {
    return std::optional<std::int64_t>{};
  }
  const auto value = parse_integer(*text);
  if (!value) {
    return refuse(400, "InvalidParameterValue", "Invalid value '{}' for {}. Must be an integer.",
                  *text, name);
  }
  if (*value < least || *value > most) {
    return refuse(400, "InvalidParameterValue",
                  "Value ({}) for parameter {} is invalid. Expecting "
                  "a value between {} and {}.",
                  *value, name, least, most);
  }
  return std::optional{*value};
}

Answered<std::optional<TimePoint>> time_parameter(const Call& call, std::string_view name) {
  const auto text = text_parameter(call, name);
  if (!text) {
    return std::optional<TimePoint>{};
  }
  const auto time = parse_time(*text);
  if (!time) {
    return refuse(400, "InvalidParameterValue",
                  "Invalid value '{}' for {}. Must be a time in ISO "
                  "8601 format.",
                  *text, name);
  }
  return std::optional{*time};
}

Answered<bool> flag_parameter(const Call& call, std::string_view name) {
  const auto text = text_parameter(call, name);
  if (!text || *text == "false" || *text == "False") {
    return false;
  }
  if (*text == "true" || *text == "True") {
    return true;
  }
  return refuse(400, "InvalidParameterValue", "Invalid value '{}' for {}. Must be a boolean.",
                *text, name);
}

std::optional<std::string> text_parameter(const Call& call, std::string_view name) {
  const auto* text = call.form.find(name);
  return text == nullptr || text->empty() ? std::nullopt : std::optional{*text};
}

tl::unexpected<Refusal> refuse_missing(std::string_view name) {
  return refuse(400, "MissingParameter", "The request must contain the parameter {}", name);
}

std::string token_text(std::uint64_t seed, std::string_view question, TimePoint as_of,
                       std::size_t first) {
  const auto time = static_cast<std::uint64_t>(as_of.time_since_epoch().count());
  const auto place = static_cast<std::uint64_t>(first);
  const auto sealed = seal(seed, question, time, place);
  return fmt::format("{:016x}{:016x}{:016x}", sealed, time ^ sim::derive(sealed, 1),
                     place ^ sim::derive(sealed, 2));
}

std::optional<Page> read_token(std::uint64_t seed, std::string_view question,
                               std::string_view token) {
  if (token.size() != 48) {
    return std::nullopt;
  }
  const auto sealed = read_hex(token.substr(0, 16));
  const auto time = read_hex(token.substr(16, 16));
  const auto place = read_hex(token.substr(32, 16));
  if (!sealed || !time || !place) {
    return std::nullopt;
  }
  const auto as_of = *time ^ sim::derive(*sealed, 1);
  const auto first = *place ^ sim::derive(*sealed, 2);
  if (seal(seed, question, as_of, first) != *sealed) {
    return std::nullopt;
  }
  return Page{.as_of = TimePoint{Duration{static_cast<std::int64_t>(as_of)}},
              .first = static_cast<std::size_t>(first)};
}

Answered<Page> page_parameter(const Call& call, std::uint64_t seed, const PageSizes& sizes) {
  const auto most = integer_parameter(call, "MaxResults", sizes.least, sizes.most);
  if (!most) {
    return tl::unexpected(most.error());
  }
  Page page{.as_of = call.as_of};
  if (const auto token = text_parameter(call, "NextToken")) {
    const auto read = read_token(seed, question_of(call), *token);
    if (!read) {
      return refuse(400, "InvalidPaginationToken", "The pagination token '{}' is not valid",
                    *token);
    }
    page = *read;
  }
  page.count = static_cast<std::size_t>(most->value_or(sizes.ordinary));
  return page;
}

std::string next_token(const Call& call, std::uint64_t seed, const Page& page, std::size_t total) {
  const auto end = page.end(total);
  return end >= total ? std::string{} : token_text(seed, question_of(call), page.as_of, end);
}

}  // namespace spotvane::lab
