#include "adapters/mysql/mysql_connection.hpp"

#include <gmock/gmock.h>

namespace spotvane::adapters {
namespace {

TEST(MysqlAddress, IsReadWhole) {
  const auto address =
      parse_mysql_address("mysql://ana:p%40ss@db.example:3307/experimentos?socket=/run/my.sock");

  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->user, "ana");
  EXPECT_EQ(address->password, "p@ss");
  EXPECT_EQ(address->host, "db.example");
  EXPECT_EQ(address->port, 3307U);
  EXPECT_EQ(address->database, "experimentos");
  EXPECT_EQ(address->socket, "/run/my.sock");
  EXPECT_EQ(address->name(), "mysql://db.example/experimentos");
}

TEST(MysqlAddress, NeedsUserHostAndDatabaseOnly) {
  const auto address = parse_mysql_address("mysql://ana@db/experimentos");

  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->password, std::nullopt);
  EXPECT_EQ(address->name(), "mysql://db:3306/experimentos");
}

TEST(MysqlAddress, IsRefusedWithoutRepeatingAPassword) {
  for (const auto* url :
       {"postgresql://ana:secret@db/x", "mysql://db/x", "mysql://ana:secret@/x",
        "mysql://ana:secret@db", "mysql://ana:secret@db/", "mysql://ana:secret@db:0/x",
        "mysql://ana:secret@db/x?ssl=secret", "secret"}) {
    const auto address = parse_mysql_address(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().kind, ErrorKind::InvalidInput);
    EXPECT_THAT(address.error().message, testing::Not(testing::HasSubstr("secret"))) << url;
  }
}

}  // namespace
}  // namespace spotvane::adapters
