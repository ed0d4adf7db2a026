#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace spotvane::wire {

/// As EC2 writes a time in its answers, always with milliseconds: "2026-08-01T01:40:10.000Z".
std::string to_timestamp(TimePoint time);

/// As signatures carry it: "20260801T120000Z".
std::string to_amz_date(TimePoint time);

/// What `to_amz_date` wrote. Fails with `InvalidInput`.
Result<TimePoint> parse_amz_date(std::string_view text);

/// As HTTP's Date and Last-Modified carry it: "Sat, 01 Aug 2026 12:00:00 GMT".
std::string to_http_date(TimePoint time);

/// What `to_http_date` wrote. Fails with `InvalidInput`.
Result<TimePoint> parse_http_date(std::string_view text);

}  // namespace spotvane::wire
