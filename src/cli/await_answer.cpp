#include "cli/await_answer.hpp"

namespace spotvane::cli {

Error with_hint(Error error) {
  if (error.hint.empty() && error.kind == ErrorKind::Corrupt) {
    error.hint =
        "what answered does not speak as AWS does: check AWS_ENDPOINT_URL and any proxy between";
  } else if (error.hint.empty() && error.kind == ErrorKind::Unavailable) {
    error.hint = "try again later; check the network, and AWS_ENDPOINT_URL where it is set";
  }
  return error;
}

}  // namespace spotvane::cli
