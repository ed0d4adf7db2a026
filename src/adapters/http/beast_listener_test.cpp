#include "adapters/http/beast_listener.hpp"

#include "adapters/http/loopback.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;
using testing::StartsWith;

/// The echo's answer to GET of that target.
std::string echoed(const std::string& target) {
  return "HTTP/1.1 200 OK\r\nX-Method: GET\r\nX-Target: " + target +
         "\r\nContent-Length: 0\r\n\r\n";
}

class BeastListenerTest : public testing::Test {
 protected:
  bool run_until_received(const RawClient& client, const std::string& text) {
    return run_until(loop, [&] { return client.received().find(text) != std::string::npos; });
  }

  EventLoop loop;
};

TEST_F(BeastListenerTest, AnswersPipelinedRequestsInOrderThoughHandlersDoNot) {
  ScriptedHandler handler{[&](const HttpRequest& request, HttpHandler::Answer answer) {
    loop.post([&, request, answer] { echo(request, answer); });
  }};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient client{loop, listener->port()};

  client.send("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n");

  ASSERT_TRUE(run_until_received(client, "/3\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(client.received(), echoed("/1") + echoed("/2") + echoed("/3"));
  EXPECT_EQ(listener->connections(), 1U);
}

TEST_F(BeastListenerTest, TakesChunkedBodies) {
  ScriptedHandler handler{echo};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient client{loop, listener->port()};

  client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

  ASSERT_TRUE(run_until_received(client, "\r\n\r\nabc"));
}

TEST_F(BeastListenerTest, TellsAWaitingClientToContinueAtOnce) {
  ScriptedHandler handler{echo};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient client{loop, listener->port()};

  client.send("PUT / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_TRUE(run_until_received(client, "HTTP/1.1 100 Continue\r\n\r\n"));
  client.send("ok");

  ASSERT_TRUE(run_until_received(client, "\r\n\r\nok"));
}

TEST_F(BeastListenerTest, AnswersAHeadRequestWithoutABody) {
  ScriptedHandler handler{[](const HttpRequest&, const HttpHandler::Answer& answer) {
    answer({.response = {.body = "body"}});
  }};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient client{loop, listener->port()};

  client.send("HEAD / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");

  ASSERT_TRUE(run_until(loop, [&] { return client.is_closed(); }));
  EXPECT_EQ(client.received(),
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
}

TEST_F(BeastListenerTest, SaysWhyItRefusesAndCloses) {
  ScriptedHandler handler{echo};
  const auto listener =
      listen_on_loopback(loop, handler, {.header_bytes = 500, .body_bytes = 1'000});
  const std::vector<std::pair<std::string, std::string>> cases{
      {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
      {"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", "HTTP/1.1 413 Payload Too Large\r\n"},
      {"GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x'),
       "HTTP/1.1 431 Request Header Fields Too Large\r\n"}};
  for (const auto& [bytes, status_line] : cases) {
    RawClient client{loop, listener->port()};
    client.send(bytes);

    ASSERT_TRUE(run_until(loop, [&] { return client.is_closed(); })) << status_line;
    EXPECT_THAT(client.received(), StartsWith(status_line));
    EXPECT_THAT(client.received(), HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_FALSE(client.was_reset()) << status_line;
  }
  EXPECT_THAT(handler.requests, SizeIs(0));
}

TEST_F(BeastListenerTest, KeepsARequestWaitingForAsLongAsTheReplySays) {
  ScriptedHandler handler{[](const HttpRequest& request, const HttpHandler::Answer& answer) {
    answer({.response = {.body = "late"}, .delay = request.url == "/slow" ? 20ms : 0ms});
  }};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient slow{loop, listener->port()};
  RawClient fast{loop, listener->port()};

  slow.send("GET /slow HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return handler.requests.size() == 1; }));
  fast.send("GET /fast HTTP/1.1\r\n\r\n");

  ASSERT_TRUE(run_until_received(fast, "late"));
  EXPECT_EQ(slow.received(), "");
  ASSERT_TRUE(run_until_received(slow, "late"));
}

TEST_F(BeastListenerTest, CutsOrResetsAnAnswerWhereTheReplySaysSo) {
  ScriptedHandler handler{[](const HttpRequest& request, const HttpHandler::Answer& answer) {
    answer({.response = {.body = "0123456789"},
            .manner =
                request.url == "/cut" ? HttpReply::Manner::Truncated : HttpReply::Manner::Reset});
  }};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient cut{loop, listener->port()};
  RawClient reset{loop, listener->port()};

  cut.send("GET /cut HTTP/1.1\r\n\r\n");
  reset.send("GET /reset HTTP/1.1\r\n\r\n");

  ASSERT_TRUE(run_until(loop, [&] { return cut.is_closed() && reset.is_closed(); }));
  EXPECT_THAT(cut.received(), EndsWith("\r\n\r\n01234"));
  EXPECT_FALSE(cut.was_reset());
  EXPECT_EQ(reset.received(), "");
  EXPECT_TRUE(reset.was_reset());
}

TEST_F(BeastListenerTest, ClosesIdleClientsButNotThoseItOwesAnAnswer) {
  HttpHandler::Answer held;
  ScriptedHandler handler{
      [&](const HttpRequest&, HttpHandler::Answer answer) { held = std::move(answer); }};
  const auto listener = listen_on_loopback(loop, handler, {.idle_timeout = 10ms});
  RawClient silent{loop, listener->port()};
  RawClient half{loop, listener->port()};
  RawClient waiting{loop, listener->port()};

  waiting.send("GET / HTTP/1.1\r\n\r\n");
  half.send("GET / HT");

  ASSERT_TRUE(run_until(loop, [&] { return silent.is_closed() && half.is_closed(); }));
  EXPECT_EQ(listener->connections(), 1U);
  held({.response = {.body = "at last"}});
  ASSERT_TRUE(run_until_received(waiting, "at last"));
}

TEST_F(BeastListenerTest, AnswersWhatIsUnderWayBeforeItStops) {
  HttpHandler::Answer held;
  ScriptedHandler handler{
      [&](const HttpRequest&, HttpHandler::Answer answer) { held = std::move(answer); }};
  const auto listener = listen_on_loopback(loop, handler);
  RawClient idle{loop, listener->port()};
  RawClient busy{loop, listener->port()};
  busy.send("GET / HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return held && listener->connections() == 2; }));

  listener->stop();
  ASSERT_TRUE(run_until(loop, [&] { return idle.is_closed(); }));
  held({.response = {.body = "done"}});

  ASSERT_TRUE(run_until(loop, [&] { return listener->connections() == 0; }));
  ASSERT_TRUE(run_until(loop, [&] { return busy.is_closed(); }));
  EXPECT_THAT(busy.received(), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(busy.received(), EndsWith("done"));
}

TEST_F(BeastListenerTest, DropsAnswersThatComeWhenItIsGone) {
  HttpHandler::Answer held;
  ScriptedHandler handler{
      [&](const HttpRequest&, HttpHandler::Answer answer) { held = std::move(answer); }};
  auto listener = listen_on_loopback(loop, handler);
  RawClient client{loop, listener->port()};
  client.send("GET / HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return bool{held}; }));

  listener.reset();
  held({.response = {.body = "too late"}});

  ASSERT_TRUE(run_until(loop, [&] { return client.is_closed(); }));
  EXPECT_EQ(client.received(), "");
}

TEST_F(BeastListenerTest, SurvivesClientsThatLeaveBeforeTheirAnswer) {
  ScriptedHandler handler{[](const HttpRequest&, const HttpHandler::Answer& answer) {
    answer({.response = {.body = std::string(1U << 20U, 'x')}, .delay = 5ms});
  }};
  const auto listener = listen_on_loopback(loop, handler);
  {
    RawClient client{loop, listener->port()};
    client.send("GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    ASSERT_TRUE(run_until(loop, [&] { return handler.requests.size() == 1; }));
  }

  EXPECT_TRUE(run_until(loop, [&] { return listener->connections() == 0; }));
}

TEST_F(BeastListenerTest, SaysThatThePortIsTakenAndWhatToDo) {
  ScriptedHandler handler{echo};
  const auto listener = listen_on_loopback(loop, handler);

  const auto second = BeastListener::listen(loop, handler, {.port = listener->port()});

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::InvalidInput);
  EXPECT_THAT(second.error().message,
              MatchesRegex("listen on '127.0.0.1:[0-9]+': the port is in use"));
  EXPECT_THAT(second.error().hint, HasSubstr("another port"));
}

TEST_F(BeastListenerTest, RefusesAnAddressThatIsNone) {
  ScriptedHandler handler{echo};

  const auto listener = BeastListener::listen(loop, handler, {.address = "everywhere"});

  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().kind, ErrorKind::InvalidInput);
}

}  // namespace
}  // namespace spotvane::adapters
