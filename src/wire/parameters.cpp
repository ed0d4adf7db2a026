#include "wire/parameters.hpp"

#include <nlohmann/json.hpp>

namespace spotvane::wire {

namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

std::string write_parameters_request(std::string_view path, std::string_view token) {
  json body{{"Path", path}, {"Recursive", true}, {"MaxResults", 10}};
  if (!token.empty()) {
    body["NextToken"] = token;
  }
  return body.dump();
}

Result<ParameterPage> read_parameter_page(std::string_view body) {
  const auto answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("Parameters") || !answer["Parameters"].is_array()) {
    return fail(ErrorKind::Corrupt, "expected an object with 'Parameters'");
  }
  ParameterPage page{.values = {}, .next_token = text_in(answer, "NextToken")};
  for (const auto& one : answer["Parameters"]) {
    if (one.is_object() && !text_in(one, "Name").empty() && !text_in(one, "Value").empty()) {
      page.values.emplace_back(text_in(one, "Name"), text_in(one, "Value"));
    }
  }
  return page;
}

}  // namespace spotvane::wire
