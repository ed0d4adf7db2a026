#include "adapters/http/request_reader.hpp"

#include "support/is_header.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

using Progress = RequestReader::Progress;
using testing::ElementsAre;

TEST(RequestReader, KeepsTargetAndHeadersAsTheyWereSent) {
  RequestReader reader{{}};

  reader.append(
      "GET /a%20b/../?z=1&a=%2F HTTP/1.1\r\nHost: x\r\nX-Amz-Date:  20260801T120000Z \r\n\r\n");

  ASSERT_EQ(reader.advance(), Progress::Complete);
  const auto incoming = reader.take();
  EXPECT_EQ(incoming.request.method, "GET");
  EXPECT_EQ(incoming.request.url, "/a%20b/../?z=1&a=%2F");
  EXPECT_THAT(incoming.request.headers,
              ElementsAre(IsHeader("Host", "x"), IsHeader("X-Amz-Date", "20260801T120000Z")));
  EXPECT_TRUE(incoming.keeps_alive);
}

TEST(RequestReader, ReadsTheSameRequestHoweverItsBytesAreCut) {
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n7;ext=1\r\n, world\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    RequestReader reader{{}};
    reader.append(bytes.substr(0, cut));
    ASSERT_EQ(reader.advance(), Progress::NeedsMore) << cut;
    reader.append(bytes.substr(cut));
    ASSERT_EQ(reader.advance(), Progress::Complete) << cut;
    EXPECT_EQ(reader.take().request.body, "hello, world") << cut;
  }
}

TEST(RequestReader, KeepsWhatFollowsForTheNextRequest) {
  RequestReader reader{{}};

  reader.append(
      "POST /1 HTTP/1.1\r\nContent-Length: 3\r\n\r\none\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1");

  ASSERT_EQ(reader.advance(), Progress::Complete);
  EXPECT_EQ(reader.take().request.body, "one");
  ASSERT_EQ(reader.advance(), Progress::Complete);
  EXPECT_EQ(reader.take().request.url, "/2");
  ASSERT_EQ(reader.advance(), Progress::NeedsMore);
  EXPECT_FALSE(reader.is_between_requests());
}

TEST(RequestReader, AsksForThe100ContinueOnceAndOnlyWhileTheBodyIsMissing) {
  const std::string header = "PUT / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RequestReader waiting{{}};
  waiting.append(header);
  EXPECT_EQ(waiting.advance(), Progress::WantsContinue);
  EXPECT_EQ(waiting.advance(), Progress::NeedsMore);
  waiting.append("ok");
  EXPECT_EQ(waiting.advance(), Progress::Complete);

  RequestReader hasty{{}};
  hasty.append(header + "ok");
  EXPECT_EQ(hasty.advance(), Progress::Complete);
}

TEST(RequestReader, KnowsWhichClientsKeepTheirConnection) {
  const std::vector<std::pair<std::string, bool>> cases{
      {"GET / HTTP/1.1\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}};
  for (const auto& [bytes, keeps_alive] : cases) {
    RequestReader reader{{}};
    reader.append(bytes);
    ASSERT_EQ(reader.advance(), Progress::Complete) << bytes;
    EXPECT_EQ(reader.take().keeps_alive, keeps_alive) << bytes;
  }
}

TEST(RequestReader, RefusesWhatItCannotUnderstandOrHold) {
  const std::vector<std::pair<std::string, int>> cases{
      {"\x16\x03\x01 this is TLS\r\n\r\n", 400},
      {"GET /\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 3x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(5'000, 'x'), 400},
      {"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + std::string(101, 'x'), 413},
      {"GET / HTTP/1.1\r\nX: " + std::string(1'000, 'x') + "\r\n\r\n", 431},
      {"GET /" + std::string(1'000, 'x'), 431}};
  for (const auto& [bytes, status] : cases) {
    RequestReader reader{{.header_bytes = 500, .body_bytes = 100}};
    reader.append(bytes);
    ASSERT_EQ(reader.advance(), Progress::Refused) << bytes;
    EXPECT_EQ(reader.refusal().status, status) << bytes << reader.refusal().reason;
    EXPECT_FALSE(reader.refusal().reason.empty()) << bytes;
  }
}

}  // namespace
}  // namespace spotvane::adapters
