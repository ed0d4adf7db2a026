#include "lab/ssm.hpp"

#include "lab/images.hpp"
#include "lab/parameter.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

using nlohmann::json;

constexpr std::string_view kAmazonLinux = "/aws/service/ami-amazon-linux-latest";
constexpr std::int64_t kMostParameters = 10;  // of one answer
/// What AWS calls the newest image of each architecture; we have one kernel only.
constexpr std::array<std::string_view, 3> kAliases{
    "al2023-ami-kernel-default-", "al2023-ami-kernel-6.1-", "al2023-ami-minimal-kernel-default-"};

struct Parameter {
  std::string name;
  std::string value;
  TimePoint modified;
};

/// The public parameters of the call's region, by name.
std::vector<Parameter> parameters(const Call& call) {
  std::vector<Parameter> all;
  for (const auto& image : images(call.region, call.as_of)) {
    for (const auto alias : kAliases) {
      auto name = fmt::format("{}/{}{}", kAmazonLinux, alias, image.architecture);
      if (std::none_of(all.begin(), all.end(),
                       [&name](const Parameter& one) { return one.name == name; })) {
        all.push_back({std::move(name), image.id, image.created});
      }
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Parameter& left, const Parameter& right) { return left.name < right.name; });
  return all;
}

json to_json(const Call& call, const Parameter& parameter) {
  return {{"Name", parameter.name},
          {"Type", "String"},
          {"Value", parameter.value},
          {"Version", 1},
          {"LastModifiedDate",
           static_cast<double>(parameter.modified.time_since_epoch().count()) / 1000.0},
          {"ARN", fmt::format("arn:aws:ssm:{}::parameter{}", call.region, parameter.name)},
          {"DataType", "text"}};
}

Answered<json> read_body(const Call& call) {
  auto body = json::parse(call.body, nullptr, false);
  if (!body.is_object()) {
    return refuse(400, "SerializationException", "Expected a JSON object.");
  }
  return body;
}

/// The text of a member; empty where it is absent or no text.
std::string text_of(const json& body, const char* member) {
  const auto found = body.find(member);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::string answer_text(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

const Parameter* find(const std::vector<Parameter>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&name](const Parameter& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

Answered<std::string> get_parameter(World& /*world*/, const Call& call) {
  const auto body = read_body(call);
  if (!body) {
    return tl::unexpected(body.error());
  }
  const auto all = parameters(call);
  const auto* parameter = find(all, text_of(*body, "Name"));
  if (parameter == nullptr) {
    return refuse(400, "ParameterNotFound", "Parameter '{}' not found.", text_of(*body, "Name"));
  }
  return answer_text({{"Parameter", to_json(call, *parameter)}});
}

Answered<std::string> get_parameters(World& /*world*/, const Call& call) {
  const auto body = read_body(call);
  if (!body) {
    return tl::unexpected(body.error());
  }
  const auto names = body->value("Names", json::array());
  if (!names.is_array() || names.empty() || names.size() > kMostParameters) {
    return refuse(
        400, "ValidationException",
        "Value at 'names' failed to satisfy constraint: Member must have length between 1 "
        "and {}",
        kMostParameters);
  }
  const auto all = parameters(call);
  json found = json::array();
  json invalid = json::array();
  for (const auto& name : names) {
    const auto* parameter = name.is_string() ? find(all, name.get<std::string>()) : nullptr;
    if (parameter != nullptr) {
      found.push_back(to_json(call, *parameter));
    } else {
      invalid.push_back(name);
    }
  }
  return answer_text({{"Parameters", found}, {"InvalidParameters", invalid}});
}

Answered<std::string> get_parameters_by_path(World& world, const Call& call) {
  const auto body = read_body(call);
  if (!body) {
    return tl::unexpected(body.error());
  }
  auto path = text_of(*body, "Path");
  if (!path.starts_with('/')) {
    return refuse(400, "ValidationException", "The path '{}' must begin with a slash.", path);
  }
  while (path.ends_with('/')) {
    path.pop_back();
  }
  const auto most_given = body->value("MaxResults", json(kMostParameters));
  const auto most = most_given.is_number_integer() ? most_given.get<std::int64_t>() : 0;
  if (most < 1 || most > kMostParameters) {
    return refuse(400, "ValidationException",
                  "Value '{}' at 'maxResults' failed to satisfy constraint: Member must have value "
                  "between 1 and {}",
                  most, kMostParameters);
  }
  const bool is_recursive = body->value("Recursive", json(false)) == json(true);
  auto found = parameters(call);
  std::erase_if(found, [&](const Parameter& one) {
    return !one.name.starts_with(path + "/") ||
           (!is_recursive && one.name.find('/', path.size() + 1) != std::string::npos);
  });
  const auto question = fmt::format("{} {} {}", call.region, path, is_recursive);
  Page page{.as_of = call.as_of};
  if (const auto token = text_of(*body, "NextToken"); !token.empty()) {
    const auto read = read_token(world.seed(), question, token);
    if (!read) {
      return refuse(400, "InvalidNextToken", "The specified token isn't valid.");
    }
    page = *read;
  }
  page.count = static_cast<std::size_t>(most);
  json answer{{"Parameters", json::array()}};
  for (auto i = page.first; i < page.end(found.size()); ++i) {
    answer["Parameters"].push_back(to_json(call, found[i]));
  }
  if (page.end(found.size()) < found.size()) {
    answer["NextToken"] = token_text(world.seed(), question, page.as_of, page.end(found.size()));
  }
  return answer_text(answer);
}

}  // namespace spotvane::lab
