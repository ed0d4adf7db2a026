#include "adapters/http/curl_transport.hpp"

#include "adapters/http/loopback.hpp"
#include "adapters/system/open_files.hpp"
#include "support/is_header.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class CurlTransportTest : public testing::Test {
 protected:
  using Responses = std::vector<Result<HttpResponse>>;

  HttpRequest request(const std::string& path, const std::string& body = {}) const {
    return {.method = body.empty() ? "GET" : "POST",
            .url = fmt::format("http://127.0.0.1:{}{}", listener->port(), path),
            .body = body};
  }

  HttpTransport::Ticket send(HttpTransport& transport, HttpRequest what, HttpLimits limits = {}) {
    is_sending = true;
    const auto ticket =
        transport.send(std::move(what), limits, [this](Result<HttpResponse> response) {
          EXPECT_FALSE(is_sending);
          responses.push_back(std::move(response));
        });
    is_sending = false;
    return ticket;
  }

  bool run_until_answered(std::size_t count) {
    return run_until(loop, [&] { return responses.size() >= count; });
  }

  /// Sends one request and waits for what becomes of it.
  Result<HttpResponse> exchange(HttpRequest what, HttpLimits limits = {}) {
    CurlTransport transport{loop};
    send(transport, std::move(what), limits);
    if (!run_until_answered(responses.size() + 1)) {
      return fail(ErrorKind::Cancelled, "the test waited long enough");
    }
    return responses.back();
  }

  EventLoop loop;
  ScriptedHandler::Script script = echo;
  ScriptedHandler handler{[this](const HttpRequest& request, HttpHandler::Answer answer) {
    script(request, std::move(answer));
  }};
  std::unique_ptr<BeastListener> listener = listen_on_loopback(loop, handler);
  Responses responses;
  bool is_sending = false;
};

TEST_F(CurlTransportTest, SendsARequestAsItIsAndBringsBackTheAnswer) {
  auto post = request("/a%20b/../?z=1&a=%2F", "Action=DescribeRegions");
  post.headers = {{"Host", "ec2.example"}, {"X-Amz-Date", "20260801T120000Z"}, {"X-Empty", ""}};

  const auto response = exchange(post);

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "Action=DescribeRegions");
  EXPECT_EQ(*find_header(response->headers, "x-method"), "POST");
  EXPECT_EQ(*find_header(response->headers, "x-target"), "/a%20b/../?z=1&a=%2F");
  EXPECT_THAT(
      handler.requests.front().headers,
      ElementsAre(IsHeader("Host", "ec2.example"), IsHeader("User-Agent", "spotvane"),
                  IsHeader("Accept-Encoding", "gzip"), IsHeader("X-Amz-Date", "20260801T120000Z"),
                  IsHeader("X-Empty", ""), IsHeader("Content-Length", "22")));
}

TEST_F(CurlTransportTest, SendsEveryMethodWithItsBody) {
  for (const auto* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}) {
    auto one = request("/");
    one.method = method;
    const auto response = exchange(one);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(*find_header(response->headers, "X-Method"), method);
  }
}

TEST_F(CurlTransportTest, SendsLargeBodiesWithoutAskingFirst) {
  const auto response = exchange(request("/", std::string(3U << 20U, 'x')));

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body.size(), 3U << 20U);
  EXPECT_EQ(find_header(handler.requests.front().headers, "Expect"), nullptr);
}

TEST_F(CurlTransportTest, TakesAnyStatusForAnAnswerAndFollowsNoRedirect) {
  for (const int status : {204, 302, 404, 503}) {
    script = [&](const HttpRequest&, const HttpHandler::Answer& answer) {
      answer({.response = {.status = status, .headers = {{"Location", "/elsewhere"}}}});
    };
    const auto response = exchange(request("/"));
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, status);
  }
  EXPECT_THAT(handler.requests, SizeIs(4));
}

TEST_F(CurlTransportTest, UnpacksAnswers) {
  script = [](const HttpRequest&, const HttpHandler::Answer& answer) {
    constexpr std::string_view kHelloHelloHello{
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\xd7\x51\xc8\x40\xa2\x00\x9f"
        "\xa1\xca\x09\x13\x00\x00\x00",
        29};
    answer({.response = {.headers = {{"Content-Encoding", "gzip"}},
                         .body = std::string{kHelloHelloHello}}});
  };

  const auto response = exchange(request("/"));

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "hello, hello, hello");
}

TEST_F(CurlTransportTest, ReusesItsConnection) {
  CurlTransport transport{loop};

  for (std::size_t count = 1; count <= 10; ++count) {
    send(transport, request("/"));
    ASSERT_TRUE(run_until_answered(count));
  }

  EXPECT_EQ(transport.connections_opened(), 1U);
  EXPECT_EQ(listener->connections(), 1U);
}

TEST_F(CurlTransportTest, KeepsFiveHundredInFlightAndTheRestWaiting) {
  ASSERT_TRUE(raise_open_file_limit(1'500));
  std::vector<HttpHandler::Answer> held;
  script = [&](const HttpRequest&, HttpHandler::Answer answer) { held.push_back(answer); };
  CurlTransport transport{loop};
  for (int i = 0; i < 600; ++i) {
    send(transport, request("/"));
  }

  ASSERT_TRUE(run_until(loop, [&] { return held.size() == 500; }));
  for (std::size_t answered = 0; answered < 600; ++answered) {
    EXPECT_LE(held.size(), answered + 500);
    ASSERT_TRUE(run_until(loop, [&] { return held.size() > answered; }));
    held[answered]({.response = {.body = "ok"}});
    ASSERT_TRUE(run_until_answered(answered + 1));
  }

  EXPECT_THAT(responses, testing::Each(testing::Truly([](const auto& response) {
                return response && response->body == "ok";
              })));
  EXPECT_EQ(transport.connections_opened(), 500U);
}

TEST_F(CurlTransportTest, NeverCallsBackForWhatWasCancelled) {
  script = [](const HttpRequest&, const HttpHandler::Answer&) {};
  CurlTransport transport{loop, {.most_in_flight = 1}};
  const auto in_flight = send(transport, request("/held"));
  const auto waiting = send(transport, request("/waiting"));
  transport.cancel(send(transport, {.url = "ftp://127.0.0.1/"}));
  ASSERT_TRUE(run_until(loop, [&] { return handler.requests.size() == 1; }));
  script = echo;
  send(transport, request("/last"));

  transport.cancel(waiting);
  transport.cancel(in_flight);
  ASSERT_TRUE(run_until_answered(1));

  EXPECT_EQ(*find_header(responses.front()->headers, "X-Target"), "/last");
  EXPECT_THAT(handler.requests, SizeIs(2));
}

TEST_F(CurlTransportTest, LetsACallbackSendAndCancel) {
  CurlTransport transport{loop};
  const auto doomed = std::make_shared<HttpTransport::Ticket>();
  script = [](const HttpRequest& asked, const HttpHandler::Answer& answer) {
    if (!asked.url.starts_with("/held")) {
      echo(asked, answer);
    }
  };
  transport.send(request("/first"), {}, [&, doomed](const Result<HttpResponse>&) {
    transport.cancel(*doomed);
    send(transport, request("/second"));
  });
  *doomed = send(transport, request("/held"));

  ASSERT_TRUE(run_until_answered(1));

  EXPECT_EQ(*find_header(responses.front()->headers, "X-Target"), "/second");
}

TEST_F(CurlTransportTest, CancelsEverythingWhenItDies) {
  script = [](const HttpRequest&, const HttpHandler::Answer&) {};
  {
    CurlTransport transport{loop, {.most_in_flight = 2}};
    for (int i = 0; i < 4; ++i) {
      send(transport, request("/"));
    }
    send(transport, {.url = "nowhere"});
    ASSERT_TRUE(run_until(loop, [&] { return handler.requests.size() == 2; }));
  }
  responses.clear();
  script = echo;

  ASSERT_TRUE(exchange(request("/after")));
  EXPECT_THAT(responses, SizeIs(1));
}

TEST_F(CurlTransportTest, GivesUpWhenTheWholeTakesTooLong) {
  script = [](const HttpRequest&, const HttpHandler::Answer&) {};

  const auto response = exchange(request("/?Secret=1"), {.whole_timeout = 50ms});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(response.error().message,
            fmt::format("'127.0.0.1:{}' did not answer in time", listener->port()));
}

TEST_F(CurlTransportTest, GivesUpWhenNothingMoves) {
  script = [](const HttpRequest&, const HttpHandler::Answer&) {};

  const auto response = exchange(request("/"), {.idle_timeout = 1s});

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("did not answer in time"));
}

TEST_F(CurlTransportTest, CallsAnUnfinishedAnswerUnavailable) {
  for (const auto manner : {HttpReply::Manner::Truncated, HttpReply::Manner::Reset}) {
    script = [&](const HttpRequest&, const HttpHandler::Answer& answer) {
      answer({.response = {.body = "0123456789"}, .manner = manner});
    };
    const auto response = exchange(request("/"));
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
    EXPECT_THAT(response.error().message,
                HasSubstr("closed the connection before its answer was complete"));
  }
}

TEST_F(CurlTransportTest, TakesNoMoreThanItWasAllowedTo) {
  script = [](const HttpRequest&, const HttpHandler::Answer& answer) {
    answer({.response = {.body = std::string(1'001, 'x')}});
  };

  EXPECT_TRUE(exchange(request("/"), {.body_bytes = 1'001}));
  const auto response = exchange(request("/"), {.body_bytes = 1'000});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::Corrupt);
  EXPECT_THAT(response.error().message, HasSubstr("longer than 1000 bytes"));
}

TEST_F(CurlTransportTest, SaysThatNobodyListensAndWhatToCheck) {
  const auto nobody = request("/?Secret=1");
  listener.reset();

  const auto response = exchange(nobody);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(response.error().message, AllOf(StartsWith("could not connect to '127.0.0.1:"),
                                              HasSubstr("': Connection refused")));
  EXPECT_THAT(response.error().message, Not(HasSubstr("Secret")));
  EXPECT_THAT(response.error().hint, HasSubstr("AWS_ENDPOINT_URL"));
}

TEST_F(CurlTransportTest, TrustsNobodyWhoDoesNotSpeakTls) {
  auto secure = request("/");
  secure.url.replace(0, 4, "https");

  const auto response = exchange(secure);

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, StartsWith("TLS with '127.0.0.1:"));
  EXPECT_THAT(handler.requests, IsEmpty());
}

TEST_F(CurlTransportTest, RefusesWhatCannotBeSentLaterNotAtOnce) {
  auto split = request("/");
  split.headers = {{"X-Amz-Security-Token", "secret\r\nX-Injected: 1"}};
  const std::vector<HttpRequest> bad{
      {.url = "ftp://127.0.0.1/"}, {.url = "127.0.0.1?secret"}, {.url = "http://a b/"}, split};
  for (const auto& one : bad) {
    const auto response = exchange(one);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::InvalidInput) << response.error().message;
    EXPECT_THAT(response.error().message, Not(HasSubstr("secret")));
  }
  EXPECT_THAT(handler.requests, IsEmpty());
}

TEST_F(CurlTransportTest, UsesTheProxyOfTheEnvironmentExceptForThisMachine) {
  const auto proxy = fmt::format("http://127.0.0.1:{}", listener->port());
  setenv("http_proxy", proxy.c_str(), 1);

  const auto elsewhere = exchange({.url = "http://spot.invalid/path"});
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  const auto here = exchange(request("/direct"));
  unsetenv("http_proxy");

  ASSERT_TRUE(elsewhere) << elsewhere.error().message;
  EXPECT_EQ(*find_header(elsewhere->headers, "X-Target"), "http://spot.invalid/path");
  ASSERT_TRUE(here) << here.error().message;
}

}  // namespace
}  // namespace spotvane::adapters
