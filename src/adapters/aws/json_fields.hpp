#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace spotvane::adapters {

/// The JSON object that a call was answered with. Fails as the call did, or with `Corrupt` where
/// the answer is no such thing; the error then names the `action`, such as "ecs:ListTasks".
Result<nlohmann::json> json_of(const Result<std::string>& body, std::string_view action);

/// A call's body. Texts may hold bytes of strangers: such as are no UTF-8 are replaced.
std::string json_body(const nlohmann::json& call);

// What an object holds under a name; empty or 0 where it holds nothing of that kind there.
std::string json_text(const nlohmann::json& object, const char* name);
int json_number(const nlohmann::json& object, const char* name);
/// Those of a list that are objects.
std::vector<nlohmann::json> json_objects(const nlohmann::json& object, const char* name);

}  // namespace spotvane::adapters
