#include "guard/drain_forecast.hpp"

#include <gmock/gmock.h>

namespace spotvane::guard {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// A host with so many tasks of the service 'web'.
HostSurvey host_of(int tasks, HostService service, std::vector<HostRoom> rooms,
                   Duration stop_timeout = 30s) {
  service.name = "web";
  HostSurvey survey{.services = {service}, .rooms = std::move(rooms)};
  for (int i = 0; i < tasks; ++i) {
    survey.tasks.push_back(
        {.service = "web", .cpu = 512, .memory = 512, .stop_timeout = stop_timeout});
  }
  return survey;
}

TEST(DrainForecast, IsGoodWhereTasksMayStopAtOnce) {
  const auto forecast =
      forecast_drain(host_of(3, {.desired = 6, .running = 6, .least_percent = 50}, {}), 2min);
  EXPECT_TRUE(forecast.is_good());
  EXPECT_EQ(forecast.needs, 30s);
}

TEST(DrainForecast, IsGoodWhereReplacementsFindRoomFirst) {
  const HostService whole{.desired = 4, .running = 4, .least_percent = 100, .most_percent = 200};
  const auto forecast = forecast_drain(host_of(2, whole, {{512, 4096}, {600, 4096}}), 2min);
  EXPECT_TRUE(forecast.is_good());
  EXPECT_EQ(forecast.needs, 40s);
}

TEST(DrainForecast, SaysWhatStandsInTheWay) {
  const HostService whole{.desired = 4, .running = 4, .least_percent = 100, .most_percent = 200};
  EXPECT_THAT(forecast_drain(host_of(3, whole, {{1024, 512}, {512, 512}}), 2min).obstacles,
              ElementsAre("no other host has room for 1 of the 3 tasks of service 'web'"));

  const HostService stuck{.desired = 4, .running = 4, .least_percent = 100, .most_percent = 100};
  EXPECT_THAT(forecast_drain(host_of(1, stuck, {{4096, 4096}}), 2min).obstacles,
              ElementsAre(HasSubstr("may neither stop a task (minimumHealthyPercent 100)")));

  const HostService easy{.desired = 4, .running = 4, .least_percent = 0};
  EXPECT_THAT(forecast_drain(host_of(1, easy, {}, 10min), 115s).obstacles,
              ElementsAre("its tasks may take 600 s to stop, and 115 s are left"));

  HostSurvey alone{.tasks = {{.cpu = 1}}};
  EXPECT_THAT(forecast_drain(alone, 2min).obstacles,
              ElementsAre("1 tasks of no service stay until the host goes"));
}

TEST(DrainForecast, LetsServicesShareTheRoomThereIs) {
  auto survey = host_of(1, {.desired = 1, .running = 1}, {{512, 512}});
  survey.services.push_back({.name = "api", .desired = 1, .running = 1});
  survey.tasks.push_back({.service = "api", .cpu = 512, .memory = 512});
  EXPECT_THAT(forecast_drain(survey, 2min).obstacles, ElementsAre(HasSubstr("service 'api'")));
}

TEST(DrainForecast, IsGoodForAHostWithoutTasks) {
  EXPECT_TRUE(forecast_drain({}, Duration{0}).is_good());
}

}  // namespace

}  // namespace spotvane::guard
