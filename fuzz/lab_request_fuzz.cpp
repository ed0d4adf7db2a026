#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/http/request_reader.hpp"
#include "lab/lab.hpp"
#include "wire/envelope.hpp"
#include "wire/form.hpp"
#include "wire/sigv4.hpp"
#include "wire/url.hpp"

namespace {

using namespace spotvane;
using Incoming = adapters::RequestReader::Incoming;
using Progress = adapters::RequestReader::Progress;

class FixedClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::sys_days{std::chrono::year{2026} / 8 / 1}; }
};

struct Reading {
  std::vector<Incoming> requests;
  std::optional<int> refused;
};

/// What a server makes of the bytes if they come in such pieces.
Reading read(std::string_view bytes, std::size_t piece) {
  Reading reading;
  adapters::RequestReader reader{{.header_bytes = 4U << 10U, .body_bytes = 64U << 10U}};
  while (!bytes.empty() && !reading.refused) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    reader.append(part);
    auto progress = reader.advance();
    for (; progress != Progress::NeedsMore && !reading.refused; progress = reader.advance()) {
      if (progress == Progress::Complete) {
        reading.requests.push_back(reader.take());
      } else if (progress == Progress::Refused) {
        reading.refused = reader.refusal().status;
      }
    }
  }
  return reading;
}

void check_same(const Reading& left, const Reading& right) {
  SPOTVANE_ASSERT(left.requests.size() == right.requests.size());
  for (std::size_t i = 0; i < left.requests.size(); ++i) {
    const auto& one = left.requests[i];
    const auto& other = right.requests[i];
    SPOTVANE_ASSERT(one.request.method == other.request.method);
    SPOTVANE_ASSERT(one.request.url == other.request.url);
    SPOTVANE_ASSERT(one.request.headers.size() == other.request.headers.size());
    SPOTVANE_ASSERT(one.request.body == other.request.body);
    SPOTVANE_ASSERT(one.keeps_alive == other.keeps_alive);
  }
  // Of a request that has not come whole one may see earlier than the other that it is none.
  SPOTVANE_ASSERT(!left.refused || !right.refused || *left.refused == *right.refused);
}

void check_form(std::string_view text) {
  const auto form = wire::Form::parse(text);
  SPOTVANE_ASSERT(wire::Form::parse(form.encode()).parameters() == form.parameters());
}

/// By its letter: e, p, s; none leaves requests as they came.
std::string_view service_of(std::uint8_t letter) {
  for (const auto& service : wire::kServices) {
    if (static_cast<char>(letter) == service.name.front()) {
      return service.name;
    }
  }
  return {};
}

/// As AWS's clients do it, in place of whatever signature is there.
void sign(HttpRequest& request, std::string_view service, TimePoint now) {
  const wire::SigningKeys keys{.access_key_id = "test", .secret_access_key = "test"};
  if (find_header(request.headers, "host") == nullptr) {
    request.headers.push_back({"Host", "127.0.0.1:4599"});
  }
  wire::sign(request, {"us-east-1", std::string{service}}, keys, now);
  const auto authorization =
      wire::parse_authorization(*find_header(request.headers, "authorization"));
  SPOTVANE_ASSERT(authorization.has_value());
  SPOTVANE_ASSERT(wire::is_signed_by(request, *authorization, keys.secret_access_key));
}

void check_answer(const HttpRequest& request, const HttpReply& reply) {
  const auto& response = reply.response;
  SPOTVANE_ASSERT(response.status >= 200 && response.status < 600);
  SPOTVANE_ASSERT(find_header(response.headers, lab::kTimeHeader) != nullptr);
  const bool is_aws = wire::split_url(request.url).path == "/" &&
                      (request.method == "GET" || request.method == "POST");
  if (is_aws && response.status >= 400) {
    const auto error = wire::read_error(response);
    SPOTVANE_ASSERT(error.has_value() && !error->code.empty());
  }
  if (is_aws && response.status == 200 && response.body.starts_with("<")) {
    SPOTVANE_ASSERT(wire::XmlDocument::parse(response.body).has_value());
  }
}

/// A new one now and then: what a lab remembers must not grow for ever here.
lab::Lab& lab_of_now() {
  constexpr int kRequests = 100'000;
  static const FixedClock clock;
  static const auto data = lab::load_catalog_data();
  static std::optional<lab::Lab> running;
  static int asked = 0;
  if (!running || ++asked % kRequests == 0) {
    running.emplace(lab::LabOptions{.speed = 0.0}, data.value(), clock);
  }
  return *running;
}

}  // namespace

// The first letter says for which service to sign, the second in what pieces the rest comes; the
// rest is what a client sends. It reads the same in any pieces, and each request gets one answer in
// AWS's form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
  const auto reading = read(bytes, bytes.size() + 1);
  check_same(reading, read(bytes, 1 + std::size_t{data[1]}));

  const auto service = service_of(data[0]);
  for (auto [request, keeps_alive, is_http_1_0] : reading.requests) {
    check_form(wire::split_url(request.url).query);
    check_form(request.body);
    if (!service.empty()) {
      sign(request, service, FixedClock{}.now());
    }
    std::optional<HttpReply> given;
    lab_of_now().handle(request, [&given](HttpReply reply) {
      SPOTVANE_ASSERT(!given);
      given = std::move(reply);
    });
    SPOTVANE_ASSERT(given.has_value());
    check_answer(request, *given);
  }
  return 0;
}
