#include "lab/advisor_page.hpp"

#include "wire/digest.hpp"
#include "wire/timestamp.hpp"

#include <vector>

namespace spotvane::lab {

namespace {

std::string write_file(const std::vector<model::AdvisorEntry>& entries,
                       std::span<const wire::AdvisorType> types) {
  std::vector<wire::AdvisorRow> rows;
  rows.reserve(entries.size());
  for (const auto& entry : entries) {
    rows.push_back(
        {entry.region.text(), entry.os, entry.type.text(), entry.band, entry.savings_percent});
  }
  return wire::write_advisor_file(rows, types);
}

bool is_unchanged(const HttpRequest& request, const std::string& etag, TimePoint published) {
  // By HTTP's rules a date counts only where there is no tag.
  if (const auto* known = find_header(request.headers, "if-none-match")) {
    return *known == "*" || known->find(etag) != std::string::npos;
  }
  if (const auto* since = find_header(request.headers, "if-modified-since")) {
    const auto time = wire::parse_http_date(*since);
    return time && published <= *time;
  }
  return false;
}

}  // namespace

HttpResponse AdvisorPage::get(const HttpRequest& request, TimePoint now) {
  if (const auto published = market_.advisor_published(now);
      body_.empty() || published != published_) {
    body_ = write_file(market_.advisor(now), types_);
    etag_ = '"' + wire::sha256_hex(body_).substr(0, 32) + '"';
    published_ = published;
  }
  HttpResponse response{
      .headers = {{"ETag", etag_}, {"Last-Modified", wire::to_http_date(published_)}}};
  if (is_unchanged(request, etag_, published_)) {
    response.status = 304;
    return response;
  }
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = body_;
  return response;
}

}  // namespace spotvane::lab
