#include "adapters/sql/postgres_dialect.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

TEST(PostgresDialect, NumbersParametersButNotThoseInTexts) {
  EXPECT_EQ(to_postgres_statement("select '?', a from t where b = ? and c < ? -- why?\n"),
            "select '?', a from t where b = $1 and c < $2 -- why?\n");
}

TEST(PostgresDialect, SpellsColumnsAsWideAsSqliteHasThem) {
  EXPECT_EQ(to_postgres_schema("create table t (\n"
                               "  a text not null, -- integer, SQLite's\n"
                               "  b integer check (b in (0, 1)), c real default 'text'\n"
                               ") strict, without rowid;\n"
                               "create index i on t (a) where b = 1;\n"
                               "alter table t add column real_text text;"),
            "create table t (\n"
            "  a text collate \"C\" not null, -- integer, SQLite's\n"
            "  b bigint check (b in (0, 1)), c double precision default 'text'\n"
            ");\n"
            "create index i on t (a) where b = 1;\n"
            "alter table t add column real_text text collate \"C\";");
}

TEST(PostgresDialect, LeavesTextsAsTheyAre) {
  for (const std::string text :
       {"", "m5.large", "line\nline", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"}) {
    EXPECT_EQ(to_postgres_text(text), text);
    EXPECT_EQ(from_postgres_text(text), text);
  }
}

TEST(PostgresDialect, BringsAnyBytesThroughAsUtf8) {
  EXPECT_EQ(to_postgres_text(std::string_view{"a\0\\\xff", 4}), "a\\x00\\\\\\xff");
  for (int first = 0; first < 256; ++first) {
    for (const std::string rest :
         {"", "\x80", "\xa0\x80", "\x90\x80\x80", "\xbf\xbf\xbf", "x00", "\\"}) {
      const auto bytes = static_cast<char>(first) + rest;
      EXPECT_EQ(from_postgres_text(to_postgres_text(bytes)), bytes);
    }
  }
}

}  // namespace
}  // namespace spotvane::adapters
