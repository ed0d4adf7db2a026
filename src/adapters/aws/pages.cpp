#include "adapters/aws/pages.hpp"

#include <memory>
#include <utility>

namespace spotvane::adapters {

namespace {

struct PageReading {
  AwsClient& client;
  Pages pages;
  std::function<void(Result<void>)> on_end;
};

void read_from(const std::shared_ptr<PageReading>& reading, const std::string& token) {
  auto call = reading->pages.call(token);
  const auto action = call.action;
  reading->client.call(std::move(call), [reading, token, action](Result<std::string> body) {
    if (!body) {
      return reading->on_end(tl::unexpected(std::move(body).error()));
    }
    auto next = reading->pages.read(*body);
    if (!next) {
      return reading->on_end(tl::unexpected(std::move(next).error().during(action)));
    }
    if (next->empty()) {
      return reading->on_end({});
    }
    if (*next == token) {
      return reading->on_end(
          fail(ErrorKind::Corrupt, "{}: the page after '{}' is that page again", action, token));
    }
    read_from(reading, *next);
  });
}

}  // namespace

void read_pages(AwsClient& client, Pages pages, std::function<void(Result<void>)> on_end) {
  read_from(std::make_shared<PageReading>(PageReading{client, std::move(pages), std::move(on_end)}),
            "");
}

}  // namespace spotvane::adapters
