#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace spotvane::wire {

/// How a service encodes calls, answers and errors.
enum class Protocol : std::uint8_t {
  Ec2,     ///< forms with flat lists; <Errors><Error>
  Query,   ///< forms with member lists; <ErrorResponse>
  Json11,  ///< JSON with X-Amz-Target; "__type"
};

/// What tells one AWS service from another on the wire.
struct Service {
  std::string_view name;         ///< in credential scopes: "ec2"
  std::string_view host_prefix;  ///< "api.pricing" of "api.pricing.us-east-1.amazonaws.com"
  std::string_view endpoint_id;  ///< the end of AWS_ENDPOINT_URL_<ID>: "EC2"
  std::string_view version;      ///< "2016-11-15"
  Protocol protocol;
  std::string_view xml_namespace;  ///< of answers; empty for JSON
  std::string_view target_prefix;  ///< of X-Amz-Target; empty but for JSON
  bool is_json_1_0 = false;        ///< of JSON services, those that write 1.0 in place of 1.1
};

inline constexpr Service kEc2{.name = "ec2",
                              .host_prefix = "ec2",
                              .endpoint_id = "EC2",
                              .version = "2016-11-15",
                              .protocol = Protocol::Ec2,
                              .xml_namespace = "http://ec2.amazonaws.com/doc/2016-11-15/",
                              .target_prefix = ""};

inline constexpr Service kSts{.name = "sts",
                              .host_prefix = "sts",
                              .endpoint_id = "STS",
                              .version = "2011-06-15",
                              .protocol = Protocol::Query,
                              .xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/",
                              .target_prefix = ""};

inline constexpr Service kPricing{.name = "pricing",
                                  .host_prefix = "api.pricing",
                                  .endpoint_id = "PRICING",
                                  .version = "2017-10-15",
                                  .protocol = Protocol::Json11,
                                  .xml_namespace = "",
                                  .target_prefix = "AWSPriceListService"};

inline constexpr Service kSsm{.name = "ssm",
                              .host_prefix = "ssm",
                              .endpoint_id = "SSM",
                              .version = "2014-11-06",
                              .protocol = Protocol::Json11,
                              .xml_namespace = "",
                              .target_prefix = "AmazonSSM"};

inline constexpr Service kEcs{.name = "ecs",
                              .host_prefix = "ecs",
                              .endpoint_id = "ECS",
                              .version = "2014-11-13",
                              .protocol = Protocol::Json11,
                              .xml_namespace = "",
                              .target_prefix = "AmazonEC2ContainerServiceV20141113"};

inline constexpr Service kAutoScaling{
    .name = "autoscaling",
    .host_prefix = "autoscaling",
    .endpoint_id = "AUTO_SCALING",
    .version = "2011-01-01",
    .protocol = Protocol::Query,
    .xml_namespace = "http://autoscaling.amazonaws.com/doc/2011-01-01/",
    .target_prefix = ""};

inline constexpr Service kCloudWatch{
    .name = "monitoring",
    .host_prefix = "monitoring",
    .endpoint_id = "CLOUDWATCH",
    .version = "2010-08-01",
    .protocol = Protocol::Query,
    .xml_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/",
    .target_prefix = "GraniteServiceVersion20100801"};

inline constexpr Service kSns{.name = "sns",
                              .host_prefix = "sns",
                              .endpoint_id = "SNS",
                              .version = "2010-03-31",
                              .protocol = Protocol::Query,
                              .xml_namespace = "http://sns.amazonaws.com/doc/2010-03-31/",
                              .target_prefix = ""};

inline constexpr Service kSqs{.name = "sqs",
                              .host_prefix = "sqs",
                              .endpoint_id = "SQS",
                              .version = "2012-11-05",
                              .protocol = Protocol::Json11,
                              .xml_namespace = "http://queue.amazonaws.com/doc/2012-11-05/",
                              .target_prefix = "AmazonSQS",
                              .is_json_1_0 = true};

inline constexpr Service kEventBridge{.name = "events",
                                      .host_prefix = "events",
                                      .endpoint_id = "EVENTBRIDGE",
                                      .version = "2015-10-07",
                                      .protocol = Protocol::Json11,
                                      .xml_namespace = "",
                                      .target_prefix = "AWSEvents"};

inline constexpr std::array kServices{kEc2,         kSts,        kPricing, kSsm, kEcs,
                                      kAutoScaling, kCloudWatch, kSns,     kSqs, kEventBridge};

inline constexpr std::string_view kFormContentType =
    "application/x-www-form-urlencoded; charset=utf-8";
inline constexpr std::string_view kXmlContentType = "text/xml;charset=UTF-8";
inline constexpr std::string_view kJson10ContentType = "application/x-amz-json-1.0";
inline constexpr std::string_view kJson11ContentType = "application/x-amz-json-1.1";

/// Where the Spot Advisor publishes its file, below its host.
inline constexpr std::string_view kAdvisorPath = "/spot-advisor-data.json";

}  // namespace spotvane::wire
