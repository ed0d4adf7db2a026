#include "lab/images.hpp"
#include "lab/lab_harness.hpp"
#include "sim/launch_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace spotvane::lab {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// A lab whose new things show at once, as `scenario` wants it besides.
struct Harness : LabHarness {
  explicit Harness(Scenario scenario = {})
      : LabHarness{{.speed = 0.0, .start = kLabStart, .scenario = at_once(std::move(scenario))}} {}

  static Scenario at_once(Scenario scenario) {
    scenario.instances.visible_within = Duration{0};
    return scenario;
  }

  static std::string image() { return images(model::Region{"us-east-1"}, kLabStart).front().id; }

  HttpResponse run(int count, const std::string& token = {}) {
    return ec2("RunInstances", form({{"ImageId", image()},
                                     {"InstanceType", "m5.large"},
                                     {"MinCount", std::to_string(count)},
                                     {"MaxCount", std::to_string(count)},
                                     {"ClientToken", token}}));
  }

  std::set<std::string> described(const wire::Form& parameters = {}) {
    std::set<std::string> ids;
    for (const auto& reservation : reservations(ec2("DescribeInstances", parameters))) {
      ids.insert(reservation.begin(), reservation.end());
    }
    return ids;
  }

  static std::vector<std::vector<std::string>> reservations(const HttpResponse& response) {
    std::vector<std::vector<std::string>> found;
    const auto document = wire::XmlDocument::parse(response.body);
    for (const auto reservation : document.value().root().child("reservationSet").children()) {
      auto& ids = found.emplace_back();
      for (const auto instance : reservation.child("instancesSet").children()) {
        ids.emplace_back(instance.child_text("instanceId"));
      }
    }
    return found;
  }

  /// Launches one, with an answer that is spoilt in that way.
  HttpReply run_spoilt(FaultKind kind, const std::string& token) {
    order("faults",
          fmt::format(
              R"({{"rules": [{{"kind": "{}", "action": "RunInstances", "probability": 1}}]}})",
              to_text(kind)));
    return send(request(wire::kEc2, "us-east-1", "RunInstances",
                        form({{"ImageId", image()},
                              {"InstanceType", "m5.large"},
                              {"MinCount", "1"},
                              {"MaxCount", "1"},
                              {"ClientToken", token}})));
  }
};

TEST(LabInstances, KnowWhichTypesHaveAnEbsCheck) {
  const auto& book = *real_catalog().types;
  for (const auto& facts : book.facts()) {
    const auto hypervisor = book.filter_values("hypervisor", facts.type);
    const bool is_xen = !hypervisor.empty() && hypervisor.front() == "xen";
    EXPECT_EQ(sim::reports_ebs_check(facts.type), !is_xen) << facts.type.text();
  }
}

TEST(LabInstances, ShowTheSameWorldOnLaterPages) {
  Harness lab;
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(verdict(lab.run(2)), "200");
  }
  const auto first = lab.ec2("DescribeInstances", form({{"MaxResults", "5"}}));
  lab.order("clock", R"({"advance": "1m"})");
  ASSERT_EQ(verdict(lab.run(3)), "200");
  const auto second =
      lab.ec2("DescribeInstances",
              form({{"MaxResults", "1000"}, {"NextToken", text_of(first, "nextToken")}}));
  std::size_t shown = 0;
  for (const auto& response : {first, second}) {
    for (const auto& ids : Harness::reservations(response)) {
      shown += ids.size();
    }
  }
  EXPECT_EQ(shown, 8U);
  EXPECT_THAT(lab.described(), SizeIs(11));
}

TEST(LabInstances, TakeEffectWhereTheAnswerIsLostButNotWhereTheConnectionIsReset) {
  Harness lab;
  EXPECT_EQ(lab.run_spoilt(FaultKind::Reset, "a").manner, HttpReply::Manner::Reset);
  EXPECT_THAT(lab.order("audit").body, HasSubstr(R"("ever":{"instances":0)"));
  EXPECT_EQ(lab.run_spoilt(FaultKind::Lost, "a").manner, HttpReply::Manner::Reset);
  EXPECT_THAT(lab.order("audit").body, HasSubstr(R"("ever":{"instances":1)"));
}

TEST(LabInstances, AreFoundByIdWithAndWithoutWildcards) {
  Harness lab;
  ASSERT_EQ(verdict(lab.run(3)), "200");
  const auto all = lab.described();
  const auto filter = [](const std::string& value) {
    return form({{"Filter.1.Name", "instance-id"}, {"Filter.1.Value.1", value}});
  };
  EXPECT_EQ(lab.described(filter(*all.begin())), std::set{*all.begin()});
  EXPECT_EQ(lab.described(filter("i-*")), all);
  EXPECT_THAT(lab.described(filter("i-0123456789abcdef0")), IsEmpty());
}

TEST(LabInstances, HaveImagesOfTheirRegionOnly) {
  Harness lab;
  const auto elsewhere = images(model::Region{"eu-west-1"}, kLabStart).front().id;
  const auto response = lab.ec2("RunInstances", form({{"ImageId", elsewhere},
                                                      {"InstanceType", "m5.large"},
                                                      {"MinCount", "1"},
                                                      {"MaxCount", "1"}}));
  EXPECT_EQ(verdict(response), "400 InvalidAMIID.NotFound");
}

TEST(LabInstances, AreLaunchedFromTheImagesOfAnyRelease) {
  for (const auto at : {kLabStart, kLabStart + std::chrono::days{100}}) {
    const auto published = images(model::Region{"us-east-1"}, at);
    EXPECT_THAT(published, SizeIs(12));
    EXPECT_GT(published.front().created, published.back().created);
    EXPECT_LE(published.front().created, at);
  }
  EXPECT_TRUE(
      find_image(model::Region{"us-east-1"}, Harness::image(), kLabStart + std::chrono::days{100}));
}

}  // namespace

}  // namespace spotvane::lab
