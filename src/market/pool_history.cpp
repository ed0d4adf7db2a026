#include "market/pool_history.hpp"

#include "base/spelling.hpp"
#include "market/market_archive.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace spotvane::market {

namespace {

using Changes = std::vector<model::MarketChange>;

tl::unexpected<Error> unknown_type(const model::PoolChoice& pools,
                                   const std::vector<model::InstanceType>& types) {
  std::vector<std::string> names;
  for (const auto& type : types) {
    names.push_back(type.text());
  }
  const auto meant = nearest(pools.type.text(), names);
  auto suggested = pools;
  suggested.type = model::InstanceType{meant.value_or("")};
  return tl::unexpected(Error{
      ErrorKind::InvalidInput, fmt::format("the archive knows no instance type '{}'", pools.type),
      meant ? fmt::format("did you mean '{}'?", to_text(suggested))
            : "`spotvane query \"select distinct instance_type from market\"` lists them"});
}

/// `rows` are the type's, of everywhere.
tl::unexpected<Error> unknown_place(const model::PoolChoice& pools, const Changes& rows) {
  std::set<std::string> places;
  for (const auto& row : rows) {
    const auto& place = pools.zone.empty() ? row.pool.region.text() : row.pool.zone.text();
    if (!place.empty()) {
      places.insert(place);
    }
  }
  const auto& asked = pools.zone.empty() ? pools.region.text() : pools.zone.text();
  const std::vector<std::string> known{places.begin(), places.end()};
  const auto meant = nearest(asked, known);
  return tl::unexpected(Error{
      ErrorKind::InvalidInput, fmt::format("the archive knows no '{}' in '{}'", pools.type, asked),
      meant ? fmt::format("did you mean '{}@{}'?", pools.type, *meant)
            : fmt::format("it knows the type in {}", fmt::join(known, ", "))});
}

/// Tells a pool that did not change from one that is not known.
Result<void> check_known(Lake& lake, const std::vector<LakeFile>& files,
                         const model::PoolChoice& pools) {
  const auto rows =
      lake.pool_changes(files, {.type = pools.type}, TimePoint::min(), TimePoint::max());
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  if (rows->empty()) {
    const auto types = lake.instance_types(files);
    return types ? unknown_type(pools, *types) : tl::unexpected(types.error());
  }
  const bool is_known = std::any_of(rows->begin(), rows->end(),
                                    [&](const auto& row) { return pools.includes(row.pool); });
  return is_known ? Result<void>{} : unknown_place(pools, *rows);
}

}  // namespace

Result<Changes> pool_history(StateStore& state, Lake& lake, const model::PoolChoice& pools,
                             TimePoint from, TimePoint to) {
  const auto is_filled = has_rows(state, lake);
  if (!is_filled) {
    return tl::unexpected(is_filled.error());
  }
  if (!*is_filled) {
    return tl::unexpected(Error{ErrorKind::NotFound, "nothing has been collected yet",
                                "run `spotvane collect --every 10m`"});
  }
  return read_archive<Changes>(state, [&](const std::vector<LakeFile>& files) -> Result<Changes> {
    auto changes = lake.pool_changes(files, pools, from, to);
    if (!changes || !changes->empty()) {
      return changes;
    }
    return check_known(lake, files, pools).map([] { return Changes{}; });
  });
}

}  // namespace spotvane::market
