#pragma once

#include "adapters/aws/aws_client.hpp"

#include <functional>
#include <string>

namespace spotvane::adapters {

/// How to ask for a list that comes in pages.
struct Pages {
  std::function<AwsCall(const std::string& token)> call;             ///< empty: the first page
  std::function<Result<std::string>(const std::string& body)> read;  ///< answers the next token
};

/// Reads page after page up to the one without a token. A page may be empty and yet not the last.
void read_pages(AwsClient& client, Pages pages, std::function<void(Result<void>)> on_end);

}  // namespace spotvane::adapters
