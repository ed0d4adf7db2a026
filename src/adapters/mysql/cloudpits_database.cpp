#include "adapters/mysql/cloudpits_database.hpp"

#include "adapters/mysql/mysql_connection.hpp"
#include "base/number.hpp"

#include <array>
#include <map>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::array kParameterColumns{"aph", "apm", "window", "np", "gens"};

/// The tables' rows, and what the IDs in them stand for.
class CloudpitsReader {
 public:
  explicit CloudpitsReader(const MysqlAddress& address) : source_{address.name()} {}

  Result<model::PerformanceImport> read(MysqlConnection& connection) {
    return each(connection, "select iddata, name, hash from data order by 1",
                [this](const MysqlRow& row) { return take_dataset(row); })
        .and_then([&] {
          // In quotes: to some servers `window` is a word of the language.
          return each(connection,
                      "select idparameters, `aph`, `apm`, `window`, `np`, `gens` from parameters",
                      [this](const MysqlRow& row) { return take_parameters(row); });
        })
        .and_then([&] {
          return each(connection,
                      "select i.idinterpsec, e.data_iddata, e.parameters_idparameters,"
                      " i.interpsec, i.creationDate, e.instance_name from interpsec i left join"
                      " experiment e on e.idperformance = i.experiment_idperformance order by 1",
                      [this](const MysqlRow& row) { return take_sample(row); });
        })
        .and_then([&] {
          return each(connection,
                      "select idinterpols, data_iddata, parameters_idparameters, interpols,"
                      " datetime from interpols order by 1",
                      [this](const MysqlRow& row) { return take_total(row); });
        })
        .map([&] { return std::move(import_); });
  }

 private:
  template <typename Take>
  Result<void> each(MysqlConnection& connection, const std::string& sql, Take take) {
    return connection.query(sql).map([&](const std::vector<MysqlRow>& rows) {
      for (const auto& row : rows) {
        import_.bad_rows += take(row) ? 0U : 1U;
      }
    });
  }

  bool take_dataset(const MysqlRow& row) {
    if (!row[0] || !row[2] || row[2]->empty()) {
      return false;
    }
    const model::DatasetHash hash{*row[2]};
    datasets_.emplace(*row[0], hash);
    import_.records.datasets.push_back({hash, row[1].value_or("")});
    return true;
  }

  bool take_parameters(const MysqlRow& row) {
    if (!row[0]) {
      return false;
    }
    auto& parameters = parameters_[*row[0]];
    for (std::size_t i = 0; i < kParameterColumns.size(); ++i) {
      if (row[i + 1]) {
        parameters.emplace(kParameterColumns[i], *row[i + 1]);
      }
    }
    return true;
  }

  /// What samples and totals have in common, in columns 0 to 4.
  struct Measured {
    model::MeasurementId id;
    model::Workload workload;
    double number;
    TimePoint at;
  };

  std::optional<Measured> measured(const MysqlRow& row) const {
    for (std::size_t column = 0; column < 5; ++column) {
      if (!row[column]) {
        return std::nullopt;
      }
    }
    const auto dataset = datasets_.find(*row[1]);
    const auto parameters = parameters_.find(*row[2]);
    const auto id = parse_integer(*row[0]);
    const auto number = parse_real(*row[3]);
    const auto at = parse_time(*row[4]);
    if (dataset == datasets_.end() || parameters == parameters_.end() || !id || !number || !at) {
      return std::nullopt;
    }
    return Measured{{source_, *id}, {dataset->second, parameters->second}, *number, *at};
  }

  bool take_sample(const MysqlRow& row) {
    auto one = measured(row);
    if (!one || !row[5] || row[5]->empty()) {
      return false;
    }
    import_.records.samples.push_back({std::move(one->id), std::move(one->workload),
                                       model::InstanceType{*row[5]}, one->number, one->at});
    return true;
  }

  bool take_total(const MysqlRow& row) {
    auto one = measured(row);
    if (!one) {
      return false;
    }
    import_.records.totals.push_back(
        {std::move(one->id), std::move(one->workload), one->number, one->at});
    return true;
  }

  std::string source_;
  std::map<std::string, model::DatasetHash> datasets_ = {};  // by the database's own IDs
  std::map<std::string, model::Parameters> parameters_ = {};
  model::PerformanceImport import_ = {};
};

Error told_what_to_do(Error error) {
  if (error.kind == ErrorKind::NotFound) {
    error.hint =
        "expected a CloudPITS database: tables data, instance, parameters, experiment, "
        "interpols and interpsec";
  } else if (error.kind == ErrorKind::Denied) {
    error.hint =
        "the password stands in the address, mysql://user:password@host/database, or in "
        "the variable MYSQL_PWD";
  }
  return error;
}

}  // namespace

Result<model::PerformanceImport> read_cloudpits(const std::string& url) {
  const auto address = parse_mysql_address(url);
  if (!address) {
    return tl::unexpected(address.error());
  }
  return MysqlConnection::open(*address)
      .and_then([&](const std::unique_ptr<MysqlConnection>& connection) {
        return CloudpitsReader{*address}.read(*connection);
      })
      .map_error([](Error error) { return told_what_to_do(std::move(error)); });
}

}  // namespace spotvane::adapters
