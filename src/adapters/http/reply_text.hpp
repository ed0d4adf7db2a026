#pragma once

#include "ports/http_handler.hpp"

#include <string>

namespace spotvane::adapters {

/// What a reply must know of the request it answers.
struct ReplyTraits {
  bool to_head = false;      ///< a HEAD request: the body's length, but no body
  bool keeps_alive = true;   ///< more requests may follow on the connection
  bool to_http_1_0 = false;  ///< a client that closes unless told otherwise
};

/// The bytes of a reply: header and body in one. A truncated reply stops half way through its body,
/// or its header where there is no body; a reset one has no bytes. `Content-Length`, `Connection`
/// and `Transfer-Encoding` are ours to say, other headers go out as they are.
std::string reply_text(const HttpReply& reply, ReplyTraits traits);

}  // namespace spotvane::adapters
