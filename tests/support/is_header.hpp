#pragma once
#include <gmock/gmock.h>

namespace spotvane {

MATCHER_P2(IsHeader, name, value, "") {
  return arg.name == name && arg.value == value;
}

}  // namespace spotvane
