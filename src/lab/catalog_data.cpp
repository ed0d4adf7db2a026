#include "lab/catalog_data.hpp"

#include "lab/embedded_data.hpp"
#include "lab/xz.hpp"
#include "wire/advisor_file.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace spotvane::lab {

namespace {

/// Those every account can use; newer ones must be opted into.
constexpr std::array<std::string_view, 17> kRegionsOfEveryAccount{
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
    "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
    "us-west-1",      "us-west-2"};

/// Calls `visit` with the fields of each line after the header. Our files quote nothing.
template <std::size_t Columns>
Result<void> each_row(
    std::string_view csv,
    const std::function<Result<void>(const std::array<std::string_view, Columns>&)>& visit) {
  bool is_header = true;
  while (!csv.empty()) {
    auto line = csv.substr(0, csv.find('\n'));
    csv.remove_prefix(std::min(line.size() + 1, csv.size()));
    if (std::exchange(is_header, false) || line.empty()) {
      continue;
    }
    std::array<std::string_view, Columns> fields;
    for (std::size_t i = 0; i < Columns; ++i) {
      const auto comma = line.find(',');
      if ((comma == std::string_view::npos) != (i + 1 == Columns)) {
        return fail(ErrorKind::Corrupt, "expected {} fields, got '{}'", Columns, line);
      }
      fields[i] = line.substr(0, comma);
      line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
    }
    if (auto visited = visit(fields); !visited) {
      return visited;
    }
  }
  return {};
}

Result<void> read_zones(model::Catalog& catalog) {
  return each_row<3>(embedded_zones(), [&catalog](const auto& row) -> Result<void> {
    const model::Region region{std::string{row[0]}};
    if (catalog.regions.empty() || catalog.regions.back().region != region) {
      const bool is_everyones =
          std::find(kRegionsOfEveryAccount.begin(), kRegionsOfEveryAccount.end(), row[0]) !=
          kRegionsOfEveryAccount.end();
      catalog.regions.push_back({region, is_everyones});
    }
    catalog.zones.push_back(
        {region, model::ZoneId{std::string{row[1]}}, model::ZoneName{std::string{row[2]}}});
    return {};
  });
}

Result<void> read_offerings(model::Catalog& catalog) {
  const auto csv = unpack_xz(embedded_offerings());
  if (!csv) {
    return tl::unexpected(csv.error());
  }
  return each_row<2>(*csv, [&catalog](const auto& row) -> Result<void> {
    catalog.offerings.push_back(
        {model::InstanceType{std::string{row[1]}}, model::ZoneId{std::string{row[0]}}});
    return {};
  });
}

Result<void> read_on_demand_prices(model::Catalog& catalog) {
  const auto csv = unpack_xz(embedded_on_demand());
  if (!csv) {
    return tl::unexpected(csv.error());
  }
  return each_row<3>(*csv, [&catalog](const auto& row) -> Result<void> {
    const auto price = Money::parse(row[2]);
    if (!price) {
      return tl::unexpected(price.error());
    }
    catalog.on_demand_prices.push_back(
        {model::InstanceType{std::string{row[0]}}, model::Region{std::string{row[1]}}, *price});
    return {};
  });
}

Result<void> read_advisor(model::Catalog& catalog, std::vector<wire::AdvisorType>& types) {
  const auto text = unpack_xz(embedded_advisor());
  if (!text) {
    return tl::unexpected(text.error());
  }
  auto file = wire::read_advisor_file(*text);
  if (!file) {
    return tl::unexpected(file.error());
  }
  for (auto& row : file->rows) {
    catalog.advisor.push_back({model::InstanceType{std::move(row.type)},
                               model::Region{std::move(row.region)}, std::move(row.os), row.band,
                               row.savings_percent});
  }
  types = std::move(file->types);
  return {};
}

}  // namespace

Result<CatalogData> load_catalog_data() {
  constexpr auto kActivity = "read the built-in catalog";
  const auto json = unpack_xz(embedded_instance_types());
  if (!json) {
    return tl::unexpected(Error{json.error()}.during(kActivity));
  }
  auto types = InstanceTypeBook::parse(*json);
  if (!types) {
    return tl::unexpected(Error{types.error()}.during(kActivity));
  }
  auto catalog = std::make_shared<model::Catalog>();
  catalog->types = types->facts();
  std::vector<wire::AdvisorType> advisor_types;
  const auto done = read_zones(*catalog)
                        .and_then([&] { return read_offerings(*catalog); })
                        .and_then([&] { return read_on_demand_prices(*catalog); })
                        .and_then([&] { return read_advisor(*catalog, advisor_types); });
  if (!done) {
    return tl::unexpected(Error{done.error()}.during(kActivity));
  }
  return CatalogData{std::move(catalog),
                     std::make_shared<const InstanceTypeBook>(*std::move(types)),
                     std::move(advisor_types)};
}

}  // namespace spotvane::lab
