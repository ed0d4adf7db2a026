#pragma once

#include "base/http_message.hpp"
#include "wire/form.hpp"
#include "wire/service.hpp"

#include <string>

namespace spotvane::lab {

/// Which service and action a request is for, as far as it says.
struct Route {
  std::string service_name;  ///< as in credential scopes; empty where nothing tells
  wire::Service service;     ///< where the lab has it; else a nameless one of the same protocol
  std::string action;        ///< empty where none is named
  wire::Form form;           ///< of the query protocols: query string and body
};

/// Reads X-Amz-Target, else the service of the signature's scope, else the version of the API.
Route route(const HttpRequest& request);

}  // namespace spotvane::lab
