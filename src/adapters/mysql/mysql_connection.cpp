#include "adapters/mysql/mysql_connection.hpp"

#include "adapters/mysql/mysql_api.hpp"
#include "base/number.hpp"
#include "base/split.hpp"
#include "wire/percent.hpp"
#include "wire/url.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

constexpr int kMostPort = 65535;
constexpr std::string_view kAddressForm = "mysql://user@host/database";

// What the server's error numbers mean (MariaDB, "Error Codes").
constexpr unsigned kDatabaseDenied = 1044;
constexpr unsigned kAccessDenied = 1045;
constexpr unsigned kTableDenied = 1142;
constexpr unsigned kUnknownDatabase = 1049;
constexpr unsigned kUnknownColumn = 1054;
constexpr unsigned kUnknownTable = 1146;

ErrorKind mysql_error_kind(unsigned number) {
  switch (number) {
    case kDatabaseDenied:
    case kAccessDenied:
    case kTableDenied:
      return ErrorKind::Denied;
    case kUnknownDatabase:
    case kUnknownColumn:
    case kUnknownTable:
      return ErrorKind::NotFound;
    default:
      return ErrorKind::Unavailable;
  }
}

std::string decoded(std::string_view text) {
  return wire::percent_decode(text, wire::Plus::Literal);
}

class LibraryConnection final : public MysqlConnection {
 public:
  LibraryConnection(const MysqlApi& api, std::string name)
      : api_{api}, name_{std::move(name)}, mysql_{api.call_init(nullptr), api.call_close} {}

  Result<void> connect(const MysqlAddress& address) {
    constexpr unsigned kSeconds = 10;
    api_.call_optionsv(mysql_.get(), MYSQL_OPT_CONNECT_TIMEOUT, &kSeconds);
    api_.call_optionsv(mysql_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    api_.call_optionsv(mysql_.get(), MYSQL_INIT_COMMAND, "set time_zone = '+00:00'");
    const auto text = [](const std::optional<std::string>& one) {
      return one ? one->c_str() : nullptr;
    };
    const auto* const connected = api_.call_real_connect(
        mysql_.get(), address.host.c_str(), address.user.c_str(), text(address.password),
        address.database.c_str(), address.port, text(address.socket), 0);
    return connected != nullptr ? Result<void>{} : tl::unexpected(failure());
  }

  Result<std::vector<MysqlRow>> query(const std::string& sql) override {
    if (api_.call_real_query(mysql_.get(), sql.data(), sql.size()) != 0) {
      return tl::unexpected(failure());
    }
    const std::unique_ptr<MYSQL_RES, decltype(MysqlApi::call_free_result)> result{
        api_.call_store_result(mysql_.get()), api_.call_free_result};
    if (result == nullptr) {
      return tl::unexpected(failure());
    }
    const auto columns = api_.call_num_fields(result.get());
    std::vector<MysqlRow> rows;
    while (const auto* const cells = api_.call_fetch_row(result.get())) {
      const auto* const lengths = api_.call_fetch_lengths(result.get());
      auto& row = rows.emplace_back(columns);
      for (unsigned column = 0; column < columns; ++column) {
        if (cells[column] != nullptr) {
          row[column].emplace(cells[column], lengths[column]);
        }
      }
    }
    return rows;
  }

 private:
  Error failure() const {
    const auto number = api_.call_errno(mysql_.get());
    return {mysql_error_kind(number),
            fmt::format("{}: {} ({})", name_, api_.call_error(mysql_.get()), number)};
  }

  MysqlApi api_;
  std::string name_;
  std::unique_ptr<MYSQL, decltype(MysqlApi::call_close)> mysql_;
};

Result<void> take_options(std::string_view options, MysqlAddress& address) {
  for (const auto option : split(options, '&')) {
    const auto equals = option.find('=');
    if (option.substr(0, equals) != "socket" || equals == std::string_view::npos) {
      return fail(ErrorKind::InvalidInput, "after '?' only 'socket=PATH' is understood");
    }
    address.socket = decoded(option.substr(equals + 1));
  }
  return {};
}

}  // namespace

std::string MysqlAddress::name() const {
  return fmt::format("mysql://{}/{}", socket ? host : fmt::format("{}:{}", host, port), database);
}

Result<MysqlAddress> parse_mysql_address(std::string_view url) {
  const auto parts = wire::split_url(url);
  if (parts.scheme != "mysql" && parts.scheme != "mariadb") {
    return fail(ErrorKind::InvalidInput, "expected an address such as {}", kAddressForm);
  }
  const auto at = parts.authority.rfind('@');
  const auto user = parts.authority.substr(0, at == std::string_view::npos ? 0 : at);
  const auto place = parts.authority.substr(at == std::string_view::npos ? 0 : at + 1);
  if (user.empty() || place.empty() || parts.path.size() < 2) {
    return fail(ErrorKind::InvalidInput, "the address lacks its {}: expected {}",
                user.empty()    ? "user"
                : place.empty() ? "host"
                                : "database",
                kAddressForm);
  }
  MysqlAddress address;
  const auto secret = user.find(':');
  address.user = decoded(user.substr(0, secret));
  if (secret != std::string_view::npos) {
    address.password = decoded(user.substr(secret + 1));
  }
  const auto colon = place.find(':');
  address.host = decoded(place.substr(0, colon));
  if (colon != std::string_view::npos) {
    const auto port = parse_integer(place.substr(colon + 1));
    if (!port || *port < 1 || *port > kMostPort) {
      return fail(ErrorKind::InvalidInput, "'{}' is no port", place.substr(colon + 1));
    }
    address.port = static_cast<unsigned>(*port);
  }
  address.database = decoded(parts.path.substr(1));
  return take_options(parts.query, address).map([&] { return std::move(address); });
}

Result<std::unique_ptr<MysqlConnection>> MysqlConnection::open(const MysqlAddress& address) {
  const auto api = load_mysql();
  if (!api) {
    return tl::unexpected(api.error());
  }
  auto connection = std::make_unique<LibraryConnection>(*api, address.name());
  return connection->connect(address).map(
      [&]() -> std::unique_ptr<MysqlConnection> { return std::move(connection); });
}

}  // namespace spotvane::adapters
