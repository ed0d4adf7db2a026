#include "lab/route.hpp"

#include "wire/sigv4.hpp"
#include "wire/url.hpp"

#include <algorithm>
#include <string_view>

namespace spotvane::lab {

namespace {

constexpr wire::Service kUnknownQuery{.name = "",
                                      .host_prefix = "",
                                      .endpoint_id = "",
                                      .version = "",
                                      .protocol = wire::Protocol::Query,
                                      .xml_namespace = "",
                                      .target_prefix = ""};
constexpr wire::Service kUnknownJson{.name = "",
                                     .host_prefix = "",
                                     .endpoint_id = "",
                                     .version = "",
                                     .protocol = wire::Protocol::Json11,
                                     .xml_namespace = "",
                                     .target_prefix = ""};

template <typename IsIt>
const wire::Service* find_service(IsIt is_it) {
  const auto found = std::find_if(wire::kServices.begin(), wire::kServices.end(), is_it);
  return found == wire::kServices.end() ? nullptr : &*found;
}

std::string scope_service(const HttpRequest& request) {
  const auto* header = find_header(request.headers, "authorization");
  const auto authorization =
      header != nullptr ? wire::parse_authorization(*header) : Result<wire::Authorization>{};
  return authorization ? authorization->scope.service : std::string{};
}

wire::Form read_form(const HttpRequest& request) {
  std::string text{wire::split_url(request.url).query};
  const auto* type = find_header(request.headers, "content-type");
  const bool is_form = type != nullptr && type->starts_with("application/x-www-form-urlencoded");
  if (request.method == "POST" && is_form && !request.body.empty()) {
    text += text.empty() ? "" : "&";
    text += request.body;
  }
  return wire::Form::parse(text);
}

void choose(Route& route, const wire::Service* known, const wire::Service& otherwise) {
  route.service = known != nullptr ? *known : otherwise;
  if (known != nullptr) {
    route.service_name = known->name;
  }
}

/// What speaks JSON now and forms before is answered in the protocol of the request.
void speak_forms(Route& route) {
  if (route.service.protocol == wire::Protocol::Json11 && !route.service.xml_namespace.empty()) {
    route.service.protocol = wire::Protocol::Query;
  }
}

}  // namespace

Route route(const HttpRequest& request) {
  Route found{.service_name = scope_service(request), .service = {}, .action = {}, .form = {}};
  if (const auto* target = find_header(request.headers, "x-amz-target")) {
    const auto dot = target->rfind('.');
    const auto prefix = std::string_view{*target}.substr(0, dot);
    choose(found,
           find_service([&](const auto& service) { return service.target_prefix == prefix; }),
           kUnknownJson);
    found.action = dot == std::string::npos ? std::string{} : target->substr(dot + 1);
    const auto* type = find_header(request.headers, "content-type");
    found.service.protocol = wire::Protocol::Json11;
    found.service.is_json_1_0 = type != nullptr && type->starts_with(wire::kJson10ContentType);
    return found;
  }

  found.form = read_form(request);
  if (const auto path = wire::split_url(request.url).path;
      path != "/" && found.form.find("QueueUrl") == nullptr) {
    found.form.add("QueueUrl", path);
  }
  if (const auto* action = found.form.find("Action")) {
    found.action = *action;
  }
  if (!found.service_name.empty()) {
    choose(found,
           find_service([&](const auto& service) { return service.name == found.service_name; }),
           kUnknownQuery);
    speak_forms(found);
    return found;
  }
  const auto* version = found.form.find("Version");
  const auto* known = version == nullptr ? nullptr : find_service([&](const auto& service) {
    return service.version == *version;
  });
  choose(found, known != nullptr ? known : &wire::kEc2, kUnknownQuery);
  speak_forms(found);
  return found;
}

}  // namespace spotvane::lab
