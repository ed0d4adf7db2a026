#include "wire/envelope.hpp"

#include <gmock/gmock.h>

namespace spotvane::wire {

namespace {

const AwsError too_fast{"RequestLimitExceeded", "too <fast> for 'you'", "id-1"};

TEST(Envelope, CarriesAnErrorInEveryProtocol) {
  for (const auto& service : kServices) {
    SCOPED_TRACE(service.name);
    const auto response = error_response(service, 503, too_fast);

    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(read_error(response), too_fast);
  }
}

TEST(Envelope, ReadsTheErrorsThatAwsWrites) {
  const HttpResponse ec2{
      .status = 400,
      .body =
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>"
          "InvalidInstanceID.NotFound</Code><Message>gone</Message></Error></Errors>\n"
          "<RequestID>r-1</RequestID></Response>"};
  const HttpResponse query{
      .status = 400,
      .body =
          "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>Throttling</Code>"
          "<Message>slow</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"};
  const HttpResponse json{
      .status = 400,
      .headers = {{"x-amzn-requestid", "r-3"}},
      .body = R"({"__type":"com.amazon#ThrottlingException:http://x","Message":"slow"})"};
  const HttpResponse in_header{
      .status = 400, .headers = {{"X-Amzn-ErrorType", "Denied:x"}}, .body = "{}"};

  EXPECT_EQ(read_error(ec2), (AwsError{"InvalidInstanceID.NotFound", "gone", "r-1"}));
  EXPECT_EQ(read_error(query), (AwsError{"Throttling", "slow", "r-2"}));
  EXPECT_EQ(read_error(json), (AwsError{"ThrottlingException", "slow", "r-3"}));
  EXPECT_EQ(read_error(in_header), (AwsError{"Denied", "", ""}));
}

TEST(Envelope, FindsNoErrorWhereAProxyAnswered) {
  for (const auto* body : {"", "<html><body>Bad gateway</body></html>", "<!doctype html><p>x",
                           "Bad gateway", "{\"reason\":1}", "[]", "{\"__type\":7}"}) {
    EXPECT_EQ(read_error({.status = 502, .body = body}), std::nullopt) << body;
  }
}

TEST(Envelope, WrapsAnswersTheWayTheServiceDoes) {
  XmlWriter ec2;
  open_response(ec2, kEc2, "DescribeRegions", "r");
  close_response(ec2.empty("regionInfo"), kEc2, "r");
  XmlWriter sts;
  open_response(sts, kSts, "GetCallerIdentity", "r");
  close_response(sts.leaf("Account", "1"), kSts, "r");

  EXPECT_THAT(std::move(ec2).take(),
              testing::EndsWith(
                  "<DescribeRegionsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                  "<requestId>r</requestId><regionInfo/></DescribeRegionsResponse>"));
  EXPECT_THAT(std::move(sts).take(),
              testing::EndsWith(
                  "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                  "<GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>"
                  "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
                  "</GetCallerIdentityResponse>"));
}

}  // namespace

}  // namespace spotvane::wire
