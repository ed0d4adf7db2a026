#include "base/database_url.hpp"

#include <gmock/gmock.h>

namespace spotvane {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DatabaseUrl, IsShownWithoutItsPassword) {
  EXPECT_EQ(hide_password("postgresql://u:secret@db.example:5432/market"),
            "postgresql://u:***@db.example:5432/market");
  EXPECT_EQ(hide_password("postgresql://u@db.example/market"), "postgresql://u@db.example/market");
  EXPECT_EQ(hide_password("postgresql://db.example:5432/market"),
            "postgresql://db.example:5432/market");
  EXPECT_EQ(hide_password("postgresql:///market?host=/run/pg&password=secret&sslpassword=secret"),
            "postgresql:///market?host=/run/pg&password=***&sslpassword=***");
}

TEST(DatabaseUrl, IsShownWithoutItsPasswordHoweverItIsMisspelt) {
  for (const auto* url : {"postgresql://u:sec@ret@host/db", "postgresql://u:sec/ret@host/db",
                          "u:secret@host/db", "postgresql://u:secret@host/db?pass%77ord=secret",
                          "postgresql://u:sec?ret@host/db", "mysql://u:secret@host"}) {
    EXPECT_THAT(hide_password(url), Not(HasSubstr("ret"))) << url;
  }
}

TEST(DatabaseUrl, IsKnownToHaveAPasswordWhereverItIs) {
  for (const auto* url :
       {"postgresql://u:secret@host/db", "postgresql:///db?host=/run/pg&password=secret",
        "postgresql://u@host/db?sslpassword=s", "postgresql://u@host/db?pass%77ord=secret"}) {
    EXPECT_TRUE(has_password(url)) << url;
  }
  for (const auto* url : {"postgresql://u@host:5432/db?sslmode=verify-full", "postgresql:///db",
                          "postgresql://host/db?passfile=/root/.pgpass"}) {
    EXPECT_FALSE(has_password(url)) << url;
  }
}

TEST(DatabaseUrl, IsRefusedWithoutBeingRepeated) {
  EXPECT_TRUE(check_database_url("postgresql://u:p%40w@host:5432/db?sslmode=require"));
  EXPECT_TRUE(check_database_url("postgres:///db?host=/run/postgresql"));
  for (const auto* url : {"mysql://u:secret@host/db", "host=db password=secret",
                          "postgresql://u:sec@ret@host/db", "postgresql://u:sec/ret@host/db"}) {
    const auto checked = check_database_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().kind, ErrorKind::InvalidInput);
    EXPECT_THAT(checked.error().message, Not(HasSubstr("ret"))) << url;
  }
}

}  // namespace
}  // namespace spotvane
