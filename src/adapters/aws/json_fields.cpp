#include "adapters/aws/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace spotvane::adapters {

using nlohmann::json;

Result<json> json_of(const Result<std::string>& body, std::string_view action) {
  if (!body) {
    return tl::unexpected(body.error());
  }
  auto answer = json::parse(*body, nullptr, false);
  if (!answer.is_object()) {
    return fail(ErrorKind::Corrupt, "{}: the answer is no JSON object", action);
  }
  return answer;
}

std::string json_body(const json& call) {
  return call.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string json_text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

int json_number(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

std::vector<json> json_objects(const json& object, const char* name) {
  std::vector<json> objects;
  const auto found = object.find(name);
  if (found != object.end() && found->is_array()) {
    std::copy_if(found->begin(), found->end(), std::back_inserter(objects),
                 [](const json& one) { return one.is_object(); });
  }
  return objects;
}

}  // namespace spotvane::adapters
