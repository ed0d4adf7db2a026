#pragma once

#include <cstdio>

namespace spotvane::adapters {

/// Whether a person, not a file or a pipe, reads what is written to `stream`.
bool is_terminal(std::FILE* stream);

/// How many characters fit a line of `stream`; 80 where it is no terminal or does not say.
int terminal_width(std::FILE* stream);

}  // namespace spotvane::adapters
