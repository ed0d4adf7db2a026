#include "adapters/sql/home_mark.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace spotvane::adapters {

namespace {

namespace fs = std::filesystem;

constexpr const char* kNote = "home";

/// Both marks are an id, and on the next line something for people.
std::string id_of(std::string_view mark) {
  return std::string{mark.substr(0, mark.find('\n'))};
}

/// Where a database's home was when it was marked: "host:/path".
std::string place_of(std::string_view note) {
  const auto end = note.find('\n');
  return std::string{end == std::string_view::npos ? std::string_view{} : note.substr(end + 1)};
}

std::string read_mark(const fs::path& home) {
  std::ifstream file{home / "state.id", std::ios::binary};
  return id_of(std::string{std::istreambuf_iterator<char>{file}, {}});
}

bool has_own_database(const fs::path& home) {
  std::error_code ignored;
  return fs::exists(home / "state.db", ignored);
}

/// All of the file or none of it: somebody may look at any moment.
Result<void> write_mark(const fs::path& home, const std::string& id) {
  const auto unfinished = home / ".state.id.tmp";
  std::ofstream file{unfinished, std::ios::binary};
  file << id
       << "\nThe state of this home is in the database that has this id; archive/ belongs to it.\n";
  file.close();
  std::error_code failure;
  if (file) {
    fs::rename(unfinished, home / "state.id", failure);
  }
  if (!file || failure) {
    return tl::unexpected(Error{ErrorKind::Storage,
                                fmt::format("the home '{}' cannot be written", home.native()),
                                "make it writable, or choose another home with --home"});
  }
  return {};
}

std::string this_place(const fs::path& home) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::error_code ignored;
  return fmt::format("{}:{}", host.data(), fs::absolute(home, ignored).native());
}

Error own_database(const fs::path& home) {
  return {ErrorKind::Storage, fmt::format("the home '{}' has a state.db of its own", home.native()),
          "choose another home with --home, or leave --state and SPOTVANE_STATE_URL out"};
}

Error not_its_home(const fs::path& home, const std::string& note) {
  return {ErrorKind::Storage,
          fmt::format("the home '{}' is not the state database's: that was made as '{}'",
                      home.native(), place_of(note)),
          "all who share a database must share its home, too: mount that folder and name it by "
          "--home"};
}

Error not_its_database(const fs::path& home) {
  return {ErrorKind::Storage,
          fmt::format("the home '{}' belongs to another state database", home.native()),
          "name that one by --state or SPOTVANE_STATE_URL, or another home by --home"};
}

Result<void> mark_both(const fs::path& home, StateStore& state, Lake& lake, const std::string& id) {
  std::error_code failure;
  fs::create_directories(home, failure);
  // The note first: a home with a mark that no database has would be lost.
  return lake.check_known({}, [](const std::string& /*path*/) { return false; })
      .and_then([&] { return state.save_note(kNote, id + "\n" + this_place(home)); })
      .and_then([&] { return write_mark(home, id); });
}

}  // namespace

Result<void> check_mark(const fs::path& home, StateStore& state) {
  const auto note = state.note(kNote);
  if (!note) {
    return tl::unexpected(note.error());
  }
  const auto mark = read_mark(home);
  if (has_own_database(home)) {
    return tl::unexpected(own_database(home));
  }
  if (mark == id_of(note->value_or(""))) {
    return {};  // none where nobody has collected yet
  }
  return tl::unexpected(mark.empty() ? not_its_home(home, **note) : not_its_database(home));
}

Result<void> check_no_others(const fs::path& home, StateStore& state) {
  const bool is_nobodys = read_mark(home).empty() && !has_own_database(home);
  return is_nobodys ? Result<void>{} : check_mark(home, state);
}

Result<void> mark_home(const fs::path& home, StateStore& state, Lake& lake, const std::string& id) {
  const auto note = state.note(kNote);
  const auto files = state.files();
  if (!note || !files) {
    return tl::unexpected(!note ? note.error() : files.error());
  }
  // A note alone, and not one file: whoever made it died before the home was marked.
  const bool is_new = files->empty() && read_mark(home).empty() && !has_own_database(home);
  return is_new ? mark_both(home, state, lake, id) : check_mark(home, state);
}

Result<void> check_unmarked(const fs::path& home) {
  if (read_mark(home).empty()) {
    return {};
  }
  return tl::unexpected(
      Error{ErrorKind::Storage,
            fmt::format("the state of the home '{}' is in a database elsewhere", home.native()),
            "name it by --state or SPOTVANE_STATE_URL, or choose another home with --home"});
}

}  // namespace spotvane::adapters
