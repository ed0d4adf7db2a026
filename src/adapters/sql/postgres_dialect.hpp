#pragma once

#include <string>
#include <string_view>

namespace spotvane::adapters {

/// Our statements in PostgreSQL's words: parameters are `$1`, `$2` in place of `?`.
std::string to_postgres_statement(std::string_view sql);

/// Our migrations in PostgreSQL's words. `integer` holds 64 bits there, too, `real` is a double,
/// and texts are compared byte by byte; what follows a table's columns (`strict, without rowid`) is
/// SQLite's own.
std::string to_postgres_schema(std::string_view sql);

/// Any bytes as a text that PostgreSQL takes: it has no zero bytes and nothing that is not UTF-8,
/// and these are written as "\x00", a backslash as two.
std::string to_postgres_text(std::string_view bytes);

/// And back.
std::string from_postgres_text(std::string_view text);

}  // namespace spotvane::adapters
