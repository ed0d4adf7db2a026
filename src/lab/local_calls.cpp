#include "lab/local_calls.hpp"

#include "base/assert.hpp"
#include "wire/envelope.hpp"
#include "wire/sigv4.hpp"

#include <optional>
#include <utility>

namespace spotvane::lab {

Result<std::string> LocalCalls::send(HttpRequest request, std::string_view action) {
  std::optional<HttpReply> given;
  lab_.handle(std::move(request), [&given](HttpReply reply) { given = std::move(reply); });
  SPOTVANE_ASSERT(given.has_value());
  if (given->response.status / 100 == 2) {
    return std::move(given->response.body);
  }
  const auto error = wire::read_error(given->response);
  return fail(ErrorKind::InvalidInput, "{}: {}", action,
              error ? fmt::format("{} ({})", error->message, error->code) : given->response.body);
}

Result<std::string> LocalCalls::json(const wire::Service& service, const std::string& action,
                                     const std::string& body) {
  HttpRequest request{
      .method = "POST",
      .url = "/",
      .headers = {{"Host", host_},
                  {"Content-Type", std::string{wire::content_type(service)}},
                  {"X-Amz-Target", fmt::format("{}.{}", service.target_prefix, action)}},
      .body = body};
  wire::sign(request, {region_, std::string{service.name}}, {"test", "test"}, wall_.now());
  return send(std::move(request), action);
}

Result<std::string> LocalCalls::form(const wire::Service& service, const std::string& action,
                                     const wire::Form& parameters) {
  auto whole = wire::Form::call(action, service.version);
  for (const auto& parameter : parameters.parameters()) {
    whole.add(parameter.name, parameter.value);
  }
  HttpRequest request{
      .method = "POST",
      .url = "/",
      .headers = {{"Host", host_}, {"Content-Type", std::string{wire::kFormContentType}}},
      .body = whole.encode()};
  wire::sign(request, {region_, std::string{service.name}}, {"test", "test"}, wall_.now());
  return send(std::move(request), action);
}

Result<std::string> LocalCalls::order(const std::string& topic, const std::string& body) {
  return send(
      {.method = "POST", .url = "/_lab/" + topic, .headers = {{"Host", host_}}, .body = body},
      topic);
}

}  // namespace spotvane::lab
