#include "adapters/http/reply_text.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const HttpReply kReply{
    .response = {.status = 200, .headers = {{"Content-Type", "text/xml"}}, .body = "<answer/>"}};

TEST(ReplyText, IsHeaderAndBodyInOne) {
  EXPECT_EQ(reply_text(kReply, {}),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 9\r\n\r\n<answer/>");
}

TEST(ReplyText, FramesTheBodyItselfWhateverTheHandlerSays) {
  auto reply = kReply;
  reply.response.headers = {
      {"content-length", "4"}, {"CONNECTION", "upgrade"}, {"Transfer-Encoding", "chunked"}};

  EXPECT_EQ(reply_text(reply, {}), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<answer/>");
}

TEST(ReplyText, SaysWhetherTheConnectionStaysWhereThatIsNotTheDefault) {
  EXPECT_THAT(reply_text(kReply, {.keeps_alive = false}), HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply_text(kReply, {.to_http_1_0 = true}),
              HasSubstr("\r\nConnection: keep-alive\r\n"));
}

TEST(ReplyText, TellsAHeadRequestTheLengthOnly) {
  EXPECT_THAT(reply_text(kReply, {.to_head = true}), EndsWith("Content-Length: 9\r\n\r\n"));
}

TEST(ReplyText, GivesNoBodyToAStatusThatHasNone) {
  for (const int status : {204, 304}) {
    auto reply = kReply;
    reply.response.status = status;
    EXPECT_THAT(reply_text(reply, {}), EndsWith("Content-Type: text/xml\r\n\r\n")) << status;
  }
}

TEST(ReplyText, LetsNoHeaderValueWriteFurtherHeaders) {
  auto reply = kReply;
  reply.response.headers = {{"Location", "/\r\nSet-Cookie: a=b"}};

  EXPECT_THAT(reply_text(reply, {}), Not(HasSubstr("\r\nSet-Cookie")));
}

TEST(ReplyText, StopsHalfWayWhereItIsToBeTruncated) {
  auto reply = kReply;
  reply.manner = HttpReply::Manner::Truncated;
  EXPECT_THAT(reply_text(reply, {}), EndsWith("Content-Length: 9\r\n\r\n<ans"));

  reply.response.body.clear();
  EXPECT_THAT(reply_text(reply, {}), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(reply_text(reply, {}), Not(HasSubstr("\r\n\r\n")));
}

TEST(ReplyText, IsNothingWhereTheConnectionIsToBeReset) {
  auto reply = kReply;
  reply.manner = HttpReply::Manner::Reset;

  EXPECT_EQ(reply_text(reply, {}), "");
}

}  // namespace
}  // namespace spotvane::adapters
