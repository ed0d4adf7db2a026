#include "wire/envelope.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace spotvane::wire {

namespace {

using nlohmann::json;

std::string write_xml_error(const Service& service, const AwsError& error) {
  XmlWriter xml;
  if (service.protocol == Protocol::Ec2) {
    xml.open("Response").open("Errors").open("Error");
    xml.leaf("Code", error.code).leaf("Message", error.message);
    xml.close().close().leaf("RequestID", error.request_id).close();
  } else {
    xml.open("ErrorResponse", service.xml_namespace).open("Error").leaf("Type", "Sender");
    xml.leaf("Code", error.code).leaf("Message", error.message);
    xml.close().leaf("RequestId", error.request_id).close();
  }
  return std::move(xml).take();
}

std::optional<AwsError> read_xml_error(std::string_view body) {
  const auto document = XmlDocument::parse(body);
  if (!document) {
    return std::nullopt;
  }
  const auto root = document->root();
  auto error = root.child("Errors") ? root.child("Errors").child("Error") : root.child("Error");
  if (!error && root.name() == "Error") {
    error = root;  // as S3 answers
  }
  if (error.child_text("Code").empty()) {
    return std::nullopt;
  }
  std::string_view request_id;
  for (const auto& holder : {root, error}) {
    for (const auto* name : {"RequestID", "RequestId"}) {
      request_id = request_id.empty() ? holder.child_text(name) : request_id;
    }
  }
  return AwsError{std::string{error.child_text("Code")}, std::string{error.child_text("Message")},
                  std::string{request_id}};
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// "com.amazonaws#ThrottlingException:http://..." means "ThrottlingException".
std::string bare_code(std::string_view code) {
  code = code.substr(code.find('#') == std::string_view::npos ? 0 : code.find('#') + 1);
  return std::string{code.substr(0, code.find(':'))};
}

std::optional<AwsError> read_json_error(const HttpResponse& response) {
  const auto body = json::parse(response.body, nullptr, false);
  if (!body.is_object()) {
    return std::nullopt;
  }
  auto code = text_of(body, "__type");
  if (const auto* header = find_header(response.headers, "x-amzn-ErrorType");
      code.empty() && header != nullptr) {
    code = *header;
  }
  if (code.empty()) {
    return std::nullopt;
  }
  auto message = text_of(body, "message");
  const auto* request_id = find_header(response.headers, "x-amzn-requestid");
  return AwsError{bare_code(code), message.empty() ? text_of(body, "Message") : message,
                  request_id != nullptr ? *request_id : std::string{}};
}

}  // namespace

std::string_view content_type(const Service& service) {
  return service.protocol != Protocol::Json11 ? kXmlContentType
         : service.is_json_1_0                ? kJson10ContentType
                                              : kJson11ContentType;
}

void open_response(XmlWriter& xml, const Service& service, std::string_view action,
                   std::string_view request_id) {
  SPOTVANE_ASSERT(service.protocol != Protocol::Json11);
  xml.open(fmt::format("{}Response", action), service.xml_namespace);
  if (service.protocol == Protocol::Ec2) {
    xml.leaf("requestId", request_id);
  } else {
    xml.open(fmt::format("{}Result", action));
  }
}

void close_response(XmlWriter& xml, const Service& service, std::string_view request_id) {
  if (service.protocol == Protocol::Query) {
    xml.close().open("ResponseMetadata").leaf("RequestId", request_id).close();
  }
  xml.close();
}

HttpResponse error_response(const Service& service, int status, const AwsError& error) {
  if (service.protocol != Protocol::Json11) {
    return {.status = status,
            .headers = {{"Content-Type", std::string{content_type(service)}}},
            .body = write_xml_error(service, error)};
  }
  // A message may hold bytes of a stranger's request: they must not make the writer throw.
  return {.status = status,
          .headers = {{"Content-Type", std::string{content_type(service)}},
                      {"x-amzn-requestid", error.request_id}},
          .body = json{{"__type", error.code}, {"message", error.message}}.dump(
              -1, ' ', false, json::error_handler_t::replace)};
}

std::optional<AwsError> read_error(const HttpResponse& response) {
  const auto first = response.body.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) {
    return std::nullopt;
  }
  return response.body[first] == '<' ? read_xml_error(response.body) : read_json_error(response);
}

}  // namespace spotvane::wire
