#include "adapters/aws/aws_advisor.hpp"

#include "wire/advisor_file.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

std::string header_or_empty(const HttpResponse& response, std::string_view name) {
  const auto* value = find_header(response.headers, name);
  return value != nullptr ? *value : std::string{};
}

Result<AdvisorFeed> read_feed(const HttpResponse& response) {
  return parse_advisor_feed(response.body).map([&](AdvisorFeed feed) {
    feed.etag = header_or_empty(response, "ETag");
    feed.last_modified = header_or_empty(response, "Last-Modified");
    return feed;
  });
}

}  // namespace

Result<AdvisorFeed> parse_advisor_feed(std::string_view text) {
  auto file = wire::read_advisor_file(text);
  if (!file) {
    return tl::unexpected(file.error());
  }
  if (file->rows.empty()) {
    return fail(ErrorKind::Corrupt, "read spot advisor data: no usable entry in {} bytes",
                text.size());
  }
  AdvisorFeed feed{.etag = {}, .last_modified = {}, .entries = {}, .bad_rows = file->bad_rows};
  feed.entries.reserve(file->rows.size());
  for (auto& row : file->rows) {
    feed.entries.push_back({.type = model::InstanceType{std::move(row.type)},
                            .region = model::Region{std::move(row.region)},
                            .os = std::move(row.os),
                            .band = row.band,
                            .savings_percent = row.savings_percent});
  }
  for (auto& type : file->types) {
    feed.types.push_back({.type = model::InstanceType{std::move(type.type)},
                          .vcpus = type.cores,
                          .memory_gib = type.ram_gb,
                          .works_with_emr = type.works_with_emr});
  }
  return feed;
}

AwsAdvisor::AwsAdvisor(AwsClient& client, std::string url)
    : client_{client}, url_{std::move(url)} {}

void AwsAdvisor::fetch(const AdvisorFeed& known, On<AdvisorFeed> on_feed) {
  HttpRequest request{.url = url_};
  if (!known.etag.empty()) {
    request.headers.push_back({"If-None-Match", known.etag});
  }
  if (!known.last_modified.empty()) {
    request.headers.push_back({"If-Modified-Since", known.last_modified});
  }
  AdvisorFeed unchanged{.is_unchanged = true,
                        .etag = known.etag,
                        .last_modified = known.last_modified,
                        .entries = {}};
  client_.fetch(std::move(request), "fetch spot advisor data",
                [unchanged = std::move(unchanged),
                 on_feed = std::move(on_feed)](Result<HttpResponse> response) {
                  if (!response) {
                    return on_feed(tl::unexpected(std::move(response).error()));
                  }
                  on_feed(response->status == 304 ? unchanged : read_feed(*response));
                });
}

}  // namespace spotvane::adapters
