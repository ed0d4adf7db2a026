#pragma once

#include "lab/lab.hpp"
#include "wire/envelope.hpp"
#include "wire/form.hpp"
#include "wire/service.hpp"
#include "wire/sigv4.hpp"
#include "wire/xml.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spotvane::lab {

inline constexpr TimePoint kLabStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

/// A wall clock that a test moves.
class WallClock final : public Clock {
 public:
  TimePoint now() const override { return time; }
  TimePoint time = std::chrono::sys_days{std::chrono::year{2026} / 8 / 1};
};

inline const CatalogData& real_catalog() {
  static const auto loaded = load_catalog_data();
  return loaded.value();
}

/// A lab in step time without sockets, and a client of it.
struct LabHarness {
  WallClock wall;
  Lab lab;

  wire::SigningKeys keys = {.access_key_id = "test", .secret_access_key = "test"};
  Duration clock_error{0};  ///< of the client's clock

  explicit LabHarness(LabOptions options = {.speed = 0.0, .start = kLabStart})
      : lab{std::move(options), real_catalog(), wall} {}

  HttpReply send(HttpRequest request) {
    std::optional<HttpReply> given;
    lab.handle(std::move(request), [&given](HttpReply reply) { given = std::move(reply); });
    return given.value();
  }

  /// A signed call with a form.
  HttpRequest request(const wire::Service& service, const std::string& region,
                      const std::string& action, const wire::Form& parameters = {}) const {
    auto form = wire::Form::call(action, service.version);
    for (const auto& parameter : parameters.parameters()) {
      form.add(parameter.name, parameter.value);
    }
    return signed_request(service, region,
                          {.method = "POST",
                           .url = "/",
                           .headers = {{"Content-Type", std::string{wire::kFormContentType}}},
                           .body = form.encode()});
  }

  HttpRequest signed_request(const wire::Service& service, const std::string& region,
                             HttpRequest unsigned_request) const {
    unsigned_request.headers.push_back({"Host", "127.0.0.1:4599"});
    wire::sign(unsigned_request, {region, std::string{service.name}}, keys,
               wall.time + clock_error);
    return unsigned_request;
  }

  HttpResponse ec2(const std::string& action, const wire::Form& parameters = {},
                   const std::string& region = "us-east-1") {
    return send(request(wire::kEc2, region, action, parameters)).response;
  }

  HttpResponse pricing(const std::string& action, const std::string& body,
                       const std::string& region = "us-east-1") {
    return send(signed_request(wire::kPricing, region,
                               {.method = "POST",
                                .url = "/",
                                .headers = {{"Content-Type", std::string{wire::kJson11ContentType}},
                                            {"X-Amz-Target", "AWSPriceListService." + action}},
                                .body = body}))
        .response;
  }

  HttpResponse order(const std::string& topic, const std::string& body = {}) {
    return send({.method = body.empty() ? "GET" : "POST", .url = "/_lab/" + topic, .body = body})
        .response;
  }
};

/// Parameters by name.
inline wire::Form form(const std::vector<std::pair<std::string, std::string>>& parameters) {
  wire::Form made;
  for (const auto& [name, value] : parameters) {
    made.add(name, value);
  }
  return made;
}

/// "400 InvalidAction" of a refusal, "200" of a good answer.
inline std::string verdict(const HttpResponse& response) {
  const auto error = response.status == 200 ? std::nullopt : wire::read_error(response);
  return error ? fmt::format("{} {}", response.status, error->code)
               : std::to_string(response.status);
}

/// One lab for all that leave no trace in it.
inline LabHarness& shared_lab() {
  static LabHarness harness;
  return harness;
}

using Row = std::map<std::string, std::string>;

/// The items of an answer's set, their direct members as text.
inline std::vector<Row> items(const HttpResponse& response, const std::string& set) {
  std::vector<Row> rows;
  const auto document = wire::XmlDocument::parse(response.body);
  if (!document) {
    return rows;
  }
  for (const auto item : document->root().child(set).children()) {
    Row row;
    for (const auto member : item.children()) {
      row.emplace(member.name(), member.text());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

inline std::string text_of(const HttpResponse& response, const std::string& member) {
  const auto document = wire::XmlDocument::parse(response.body);
  return document ? std::string{document->root().child_text(member)} : std::string{};
}

}  // namespace spotvane::lab
