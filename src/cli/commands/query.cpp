#include "cli/commands/query.hpp"

#include "market/market_archive.hpp"

namespace spotvane::cli {

namespace {

Value value_of(const std::optional<std::string>& text, const QueryResult::Column& column) {
  if (!text) {
    return {};
  }
  return column.is_number ? Value{Numeral{*text}} : Value{*text};
}

Table to_table(const QueryResult& result) {
  Table table{.name = "rows", .columns = {}};
  for (const auto& column : result.columns) {
    table.columns.push_back({column.name});
  }
  for (const auto& row : result.rows) {
    auto& cells = table.rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(value_of(row[i], result.columns[i]));
    }
  }
  return table;
}

}  // namespace

void Query::declare(Flags& flags, Settings& /*settings*/) {
  flags.positional(
      "SQL",
      "a query over the tables `market`, `probe_events`, `probe_instances` and `probe_counts`",
      sql_);
}

Result<ExitCode> Query::run(Environment& environment) {
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  auto& state = (*home)->state();
  auto& lake = (*home)->lake();
  const auto has_rows = market::has_rows(state, lake);
  const auto probes = state.probes().files();
  if (!has_rows || !probes) {
    return tl::unexpected(!has_rows ? has_rows.error() : probes.error());
  }
  if (!*has_rows && probes->empty()) {
    environment.console.say(
        fmt::format("note: the archive in '{}' is empty; `spotvane collect` fills it",
                    environment.settings.home.string()));
  }
  const auto result = market::read_archive<QueryResult>(
      state, [&](const std::vector<LakeFile>& files) { return lake.query(files, *probes, sql_); });
  if (!result) {
    return tl::unexpected(result.error());
  }
  environment.show({.facts = {}, .tables = {to_table(*result)}});
  return ExitCode::Done;
}

}  // namespace spotvane::cli
