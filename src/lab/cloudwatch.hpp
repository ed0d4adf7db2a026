#pragma once

#include "lab/call.hpp"
#include "lab/value.hpp"
#include "lab/world.hpp"

namespace spotvane::lab {

Answered<Value> delete_alarms(World& world, const Call& call, const Value& asked);
Answered<Value> describe_alarms(World& world, const Call& call, const Value& asked);
Answered<Value> get_metric_data(World& world, const Call& call, const Value& asked);
Answered<Value> get_metric_statistics(World& world, const Call& call, const Value& asked);
Answered<Value> list_metrics(World& world, const Call& call, const Value& asked);
Answered<Value> put_metric_alarm(World& world, const Call& call, const Value& asked);
Answered<Value> put_metric_data(World& world, const Call& call, const Value& asked);
Answered<Value> set_alarm_state(World& world, const Call& call, const Value& asked);

}  // namespace spotvane::lab
