#include "adapters/lean_http/lean_transport.hpp"

#include "adapters/http/loopback.hpp"
#include "adapters/lean_http/name_lookup.hpp"
#include "adapters/lean_http/response_reader.hpp"
#include "wire/dns_message.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>

namespace spotvane::adapters {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// A server on the loopback address, and our client.
struct LeanPair {
  explicit LeanPair(ScriptedHandler::Script script) : handler{std::move(script)} {}

  std::string url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", listener->port(), path);
  }

  Result<HttpResponse> ask(HttpRequest request, HttpLimits limits = {}) {
    std::optional<Result<HttpResponse>> answer;
    transport.send(std::move(request), limits,
                   [&](Result<HttpResponse> response) { answer = std::move(response); });
    EXPECT_FALSE(answer);
    EXPECT_TRUE(run_until(loop, [&] { return answer.has_value(); }));
    return std::move(*answer);
  }

  EventLoop loop;
  ScriptedHandler handler;
  std::unique_ptr<BeastListener> listener = listen_on_loopback(loop, handler);
  LeanTransport transport{loop, {}, Random{1}};
};

void reply_with(const HttpHandler::Answer& answer, HttpReply reply) {
  answer(std::move(reply));
}

TEST(LeanTransport, SendsARequestAndGivesItsAnswer) {
  LeanPair pair{echo};

  const auto answer = pair.ask({.method = "PUT", .url = pair.url("/a?b=c"), .body = "text"});

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "text");
  EXPECT_EQ(pair.handler.requests.front().method, "PUT");
  EXPECT_EQ(pair.handler.requests.front().url, "/a?b=c");
}

TEST(LeanTransport, TellsAnyStatusAsAnAnswer) {
  LeanPair pair{[](const HttpRequest&, const HttpHandler::Answer& answer) {
    reply_with(answer, {.response = {.status = 404, .body = "<html>"}});
  }};

  EXPECT_EQ(pair.ask({.url = pair.url("/")})->status, 404);
}

TEST(LeanTransport, AsksAgainOverANewConnectionWhereTheServerClosedTheOldOne) {
  int asked = 0;
  LeanPair pair{[&](const HttpRequest&, const HttpHandler::Answer& answer) {
    ++asked;
    // The second request over a connection is reset, as by a server that has just closed it.
    reply_with(answer,
               {.response = {.body = "x"},
                .delay = {},
                .manner = asked == 2 ? HttpReply::Manner::Reset : HttpReply::Manner::Whole});
  }};

  EXPECT_TRUE(pair.ask({.url = pair.url("/1")}));
  EXPECT_TRUE(pair.ask({.url = pair.url("/2")}));
  EXPECT_EQ(asked, 3);
}

TEST(LeanTransport, FailsWhereThereIsNoWholeAnswer) {
  LeanPair reset{[](const HttpRequest&, const HttpHandler::Answer& answer) {
    reply_with(answer, {.response = {}, .delay = {}, .manner = HttpReply::Manner::Reset});
  }};
  EXPECT_EQ(reset.ask({.url = reset.url("/")}).error().kind, ErrorKind::Unavailable);

  LeanPair cut{[](const HttpRequest&, const HttpHandler::Answer& answer) {
    reply_with(
        answer,
        {.response = {.body = "long enough"}, .delay = {}, .manner = HttpReply::Manner::Truncated});
  }};
  EXPECT_THAT(cut.ask({.url = cut.url("/")}).error().message, HasSubstr("no whole answer"));
}

TEST(LeanTransport, FailsWhereNobodyAnswersInTime) {
  LeanPair pair{[](const HttpRequest&, const HttpHandler::Answer&) {}};

  const auto answer = pair.ask({.url = pair.url("/")}, {.whole_timeout = 50ms});

  EXPECT_EQ(answer.error().kind, ErrorKind::Unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("in time"));
}

TEST(LeanTransport, FailsWhereNobodyListensOrTheAddressIsNone) {
  LeanPair pair{echo};

  EXPECT_EQ(pair.ask({.url = "http://127.0.0.1:1/"}).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(pair.ask({.url = "ftp://127.0.0.1/"}).error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(pair.ask({.url = "http://:80/"}).error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(pair.ask({.url = "http://a:x/"}).error().kind, ErrorKind::InvalidInput);
}

TEST(LeanTransport, ForgetsWhatWasCancelled) {
  LeanPair pair{echo};
  bool is_answered = false;
  pair.transport.cancel(
      pair.transport.send({.url = pair.url("/")}, {}, [&](const auto&) { is_answered = true; }));

  EXPECT_TRUE(pair.ask({.url = pair.url("/")}));
  EXPECT_FALSE(is_answered);
}

TEST(ResponseReader, ReadsAnAnswerInPiecesOfAnySize) {
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n4\r\nab\r\n\r\n0\r\n\r\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    ResponseReader reader{1U << 20U, false};
    auto progress = ResponseReader::Progress::NeedsMore;
    for (std::size_t at = 0; at < text.size(); at += size) {
      progress = reader.append(std::string_view{text}.substr(at, size));
    }
    ASSERT_EQ(progress, ResponseReader::Progress::Complete) << size;
    EXPECT_TRUE(reader.keeps_alive());
    EXPECT_EQ(reader.take().body, "ab\r\n");
  }
}

TEST(ResponseReader, EndsWithTheConnectionWhereNoLengthIsTold) {
  ResponseReader reader{1U << 20U, false};
  EXPECT_EQ(reader.append("HTTP/1.0 200 OK\r\n\r\nab"), ResponseReader::Progress::NeedsMore);
  EXPECT_EQ(reader.end(), ResponseReader::Progress::Complete);
  EXPECT_FALSE(reader.keeps_alive());
  EXPECT_EQ(reader.take().body, "ab");
}

TEST(ResponseReader, RefusesMoreThanItWasToldToTake) {
  ResponseReader reader{3, false};
  EXPECT_EQ(reader.append("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd"),
            ResponseReader::Progress::Broken);
}

TEST(NameLookup, ReadsTheSystemsFiles) {
  EXPECT_THAT(read_name_servers("# none\nsearch x\nnameserver 10.0.0.2\nnameserver  fd00::2 # b\n"),
              ElementsAre("10.0.0.2", "fd00::2"));
  EXPECT_THAT(read_name_servers("nameserver nonsense"), ElementsAre("127.0.0.1"));
  const auto hosts = read_hosts("127.0.0.1 localhost\n10.0.0.9\ta.b c # d\nx y\n");
  EXPECT_EQ(hosts.at("a.b"), "10.0.0.9");
  EXPECT_EQ(hosts.at("c"), "10.0.0.9");
  EXPECT_THAT(hosts, SizeIs(3));
}

std::string dns_answer(std::uint16_t id, int code) {
  auto text = wire::write_dns_query(id, "sns.us-east-1.amazonaws.com", wire::DnsRecord::A).value();
  text[2] = '\x81';
  text[3] = static_cast<char>(0x80 | code);
  text[7] = 2;  // answers: an alias, and an address
  text += std::string{"\xC0\x0C\x00\x05\x00\x01\x00\x00\x00\x3C\x00\x02\xC0\x0C", 14};
  text += std::string{"\xC0\x0C\x00\x01\x00\x01\x00\x00\x00\x3C\x00\x04\x0A\x00\x00\x07", 16};
  return text;
}

TEST(DnsMessage, ReadsTheAddressesOfAnAnswer) {
  EXPECT_THAT(wire::read_dns_answer(dns_answer(7, 0), 7, wire::DnsRecord::A).value(),
              ElementsAre("10.0.0.7"));
  EXPECT_EQ(wire::read_dns_answer(dns_answer(7, 3), 7, wire::DnsRecord::A).error().kind,
            ErrorKind::NotFound);
  EXPECT_EQ(wire::read_dns_answer(dns_answer(7, 2), 7, wire::DnsRecord::A).error().kind,
            ErrorKind::Unavailable);
  EXPECT_EQ(wire::read_dns_answer(dns_answer(7, 0), 8, wire::DnsRecord::A).error().kind,
            ErrorKind::Corrupt);
}

TEST(DnsMessage, TakesAnythingForAnAnswer) {
  const auto whole = dns_answer(7, 0);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(wire::read_dns_answer(whole.substr(0, size), 7, wire::DnsRecord::A)) << size;
  }
  Random random{3};
  for (int i = 0; i < 2000; ++i) {
    auto damaged = whole;
    damaged[2 + random.below(damaged.size() - 2)] = static_cast<char>(random.below(256));
    static_cast<void>(wire::read_dns_answer(damaged, 7, wire::DnsRecord::A));
  }
}

TEST(DnsMessage, AsksForHostsOnly) {
  for (const auto& name :
       std::vector<std::string>{"", "a..b", std::string(64, 'a'), std::string(300, 'a')}) {
    EXPECT_FALSE(wire::write_dns_query(1, name, wire::DnsRecord::A)) << name;
  }
}

}  // namespace

}  // namespace spotvane::adapters
