#pragma once

#include "sim/topics.hpp"

#include <string>
#include <string_view>

namespace spotvane::lab {

// The JSON that carries a topic's messages, signed as SNS signs them.

std::string notification(const sim::TopicMessage& message, const sim::Subscription& subscription,
                         int signature_version, std::string_view address);

/// Asks whether messages are wanted; `id` is the message's own.
std::string subscription_confirmation(const sim::Subscription& subscription, const std::string& id,
                                      int signature_version, TimePoint now,
                                      std::string_view address);

}  // namespace spotvane::lab
