#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/aws/command_words.hpp"
#include "adapters/aws/key_documents.hpp"

namespace {

using namespace spotvane;

void check(const Result<adapters::SessionKeys>& read) {
  if (!read) {
    SPOTVANE_ASSERT(read.error().kind == ErrorKind::Denied && !read.error().message.empty());
    return;
  }
  SPOTVANE_ASSERT(!read->keys.access_key_id.empty() && !read->keys.secret_access_key.empty());
}

/// The words as a command that has no others.
std::string quoted(const std::vector<std::string>& words) {
  std::string command;
  for (const auto& word : words) {
    command += '\'';
    for (const char letter : word) {
      command += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
    }
    command += "' ";
  }
  return command;
}

}  // namespace

// Any text at all as what hands out keys: there are keys in it or words for what is wrong. And as a
// command: its words quoted are its words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check(adapters::read_process_keys(text));
  check(adapters::read_container_keys(text));
  check(adapters::read_instance_keys(text));
  check(adapters::read_sts_keys(text, "AssumeRole"));
  check(adapters::read_sts_keys(text, "AssumeRoleWithWebIdentity"));

  if (const auto words = adapters::command_words(text)) {
    const auto again = adapters::command_words(quoted(*words));
    SPOTVANE_ASSERT(again.has_value() && *again == *words);
  }
  return 0;
}
