#include "adapters/http/serial_transport.hpp"

#include "adapters/system/event_loop.hpp"
#include "support/scripted_transport.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {

namespace {

using testing::ElementsAre;

class OneAtATime : public testing::Test {
 protected:
  HttpTransport::Ticket send(const std::string& url) {
    return transport_.send({.url = url}, {},
                           [this, url](const Result<HttpResponse>&) { heard_.push_back(url); });
  }
  void hear(std::size_t answers) {
    loop_.run_until([&] { return heard_.size() == answers; });
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> urls;
    for (const auto& request : network_.requests) {
      urls.push_back(request.url);
    }
    return urls;
  }

  EventLoop loop_;
  support::ScriptedTransport network_{loop_};
  SerialTransport transport_{network_};
  std::vector<std::string> heard_;
};

TEST_F(OneAtATime, SendsARequestOnlyOnceTheOneBeforeItIsAnswered) {
  send("a");
  send("b");
  EXPECT_THAT(sent(), ElementsAre("a"));

  hear(2);

  EXPECT_THAT(sent(), ElementsAre("a", "b"));
  EXPECT_THAT(heard_, ElementsAre("a", "b"));
}

TEST_F(OneAtATime, PutsWhatAnAnswerLeadsToBehindWhatWaits) {
  transport_.send({.url = "a"}, {}, [this](const Result<HttpResponse>&) { send("c"); });
  send("b");

  hear(2);

  EXPECT_THAT(heard_, ElementsAre("b", "c"));
}

TEST_F(OneAtATime, LeavesOutWhatIsCancelledWhileItWaits) {
  send("a");
  transport_.cancel(send("b"));
  send("c");

  hear(2);

  EXPECT_THAT(heard_, ElementsAre("a", "c"));
}

}  // namespace

}  // namespace spotvane::adapters
