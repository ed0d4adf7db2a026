#pragma once

#include "lab/value.hpp"
#include "sim/metrics.hpp"

#include <string>

namespace spotvane::lab {

/// What CloudWatch sends to the topics of an alarm that has changed its state.
std::string alarm_message(const sim::MetricAlarm& alarm, sim::MetricAlarm::State before);

/// The detail of its event.
Value alarm_event(const sim::MetricAlarm& alarm, sim::MetricAlarm::State before);

std::string alarm_arn(const sim::MetricAlarm& alarm);

}  // namespace spotvane::lab
