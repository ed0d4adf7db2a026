#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "adapters/aws/aws_configuration.hpp"
#include "adapters/aws/ini.hpp"
#include "lab/account.hpp"

namespace {

using namespace spotvane;

/// The sections as a file that says the same. A value goes close to its '=', as a comment begins
/// after a space.
std::string written(const adapters::IniSections& sections) {
  std::string text;
  for (const auto& [name, section] : sections) {
    text += "[\"" + name + "\"]\n";
    for (const auto& [key, values] : section.nested) {
      text += key + "=\n";
      for (const auto& [inner, value] : values) {
        text += "  " + inner + "=" + value + "\n";
      }
    }
    for (const auto& [key, value] : section.values) {
      text += key + "=";
      for (const char letter : value) {
        text += letter;
        text += letter == '\n' ? "  " : "";
      }
      text += "\n";
    }
  }
  return text;
}

bool is_same(const adapters::IniSection& left, const adapters::IniSection& right) {
  return left.values == right.values && left.nested == right.nested;
}

void check_sections(std::string_view text) {
  const auto sections = adapters::parse_ini(text, "fuzz");
  if (!sections) {
    return;
  }
  const auto again = adapters::parse_ini(written(*sections), "again");
  SPOTVANE_ASSERT(again.has_value());
  SPOTVANE_ASSERT(again->size() == sections->size());
  for (const auto& [name, section] : *sections) {
    const auto found = again->find(name);
    SPOTVANE_ASSERT(found != again->end());
    SPOTVANE_ASSERT(is_same(found->second, section));
  }
}

/// A file by a name, for as long as it is there.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : descriptor_{::memfd_create("fuzz", MFD_CLOEXEC)} {
    SPOTVANE_ASSERT(descriptor_ >= 0);
    SPOTVANE_ASSERT(::write(descriptor_, text.data(), text.size()) ==
                    static_cast<ssize_t>(text.size()));
  }
  ~TextFile() { ::close(descriptor_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// Either a configuration to work with or word of what is wrong, in ~/.aws/config and
/// ~/.aws/credentials.
void check_configuration(std::string_view config, std::string_view credentials) {
  const TextFile config_file{config};
  const TextFile credentials_file{credentials};
  for (const auto* profile : {"default", "a"}) {
    const auto environment = [&](std::string_view name) -> std::optional<std::string> {
      if (name == "AWS_CONFIG_FILE") {
        return config_file.path();
      }
      if (name == "AWS_SHARED_CREDENTIALS_FILE") {
        return credentials_file.path();
      }
      return name == "AWS_PROFILE" ? std::optional<std::string>{profile} : std::nullopt;
    };
    const auto found = adapters::read_aws_configuration(environment);
    if (!found) {
      SPOTVANE_ASSERT(!found.error().message.empty());
      continue;
    }
    SPOTVANE_ASSERT(!found->region.empty());
    SPOTVANE_ASSERT(found->max_attempts >= 1);
    for (const auto& service : wire::kServices) {
      SPOTVANE_ASSERT(!found->endpoint(service, "us-east-1").ends_with('/'));
    }
  }
}

}  // namespace

// Any text at all as ~/.aws/config, what follows a zero byte as ~/.aws/credentials: what is read
// can be written and read again, and makes a configuration or a mistake with words for it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto end = std::min(text.find('\0'), text.size());
  const auto config = text.substr(0, end);
  const auto credentials = text.substr(std::min(end + 1, text.size()));
  check_sections(config);
  check_sections(credentials);
  check_configuration(config, credentials);
  static_cast<void>(lab::parse_accounts(text));
  return 0;
}
