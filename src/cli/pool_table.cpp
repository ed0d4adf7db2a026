#include "cli/pool_table.hpp"

#include <algorithm>
#include <functional>

namespace spotvane::cli {

namespace {

using market::PoolRow;

template <typename Number>
Value real(const std::optional<Number>& number) {
  return number ? Value{static_cast<double>(*number)} : Value{};
}

template <typename Name>
Value name(const Name& name) {
  return name.empty() ? Value{} : Value{name.text()};
}

Value interruption(const std::optional<std::int16_t>& band) {
  const bool is_known = band && *band >= 0 && *band < model::kInterruptionBands;
  return is_known ? Value{std::string{model::kBandTexts[static_cast<std::size_t>(*band)]}}
                  : Value{};
}

enum class OnTerminal : std::uint8_t { Never, IfAny, Always };
using enum OnTerminal;

struct Column {
  const char* name;
  OnTerminal on_terminal;
  std::function<Value(const PoolRow&)> value;
};

std::vector<Column> columns(const market::ZoneNames& names) {
  const auto of_type = [](auto member) {
    return [member](const PoolRow& row) -> Value {
      return row.type != nullptr ? Value{std::invoke(member, *row.type)} : Value{};
    };
  };
  const auto term = [](std::optional<double> market::Availability::* member) {
    return [member](const PoolRow& row) { return real(row.availability.*member); };
  };
  return {
      {"region", Always, [](const PoolRow& row) -> Value { return row.pool->pool.region.text(); }},
      {"instance_type", Always,
       [](const PoolRow& row) -> Value { return row.pool->pool.type.text(); }},
      {"az_id", IfAny, [](const PoolRow& row) { return name(row.pool->pool.zone); }},
      {"az_name", IfAny, [&](const PoolRow& row) { return name(names.name(row.pool->pool.zone)); }},
      {"vcpus", IfAny, of_type([](const model::AdvisedType& type) {
         return static_cast<std::int64_t>(type.vcpus);
       })},
      // Plain text, so that a terminal shows "0.5" and "768" as the advisor has them.
      {"memory_gib", IfAny, of_type([](const model::AdvisedType& type) {
         return Numeral{fmt::format("{}", type.memory_gib)};
       })},
      {"emr", Never, of_type([](const model::AdvisedType& type) { return type.works_with_emr; })},
      {"spot_price", IfAny, [](const PoolRow& row) { return price(row.pool->state.spot_price); }},
      {"ondemand_price", Never,
       [](const PoolRow& row) { return price(row.pool->state.on_demand_price); }},
      {"savings", Always, [](const PoolRow& row) { return whole(row.pool->state.savings); }},
      {"if_band", Never, [](const PoolRow& row) { return whole(row.pool->state.band); }},
      {"interruption", Always,
       [](const PoolRow& row) { return interruption(row.pool->state.band); }},
      {"sps", Always, [](const PoolRow& row) { return whole(row.pool->state.sps); }},
      {"t2", IfAny, [](const PoolRow& row) { return whole(row.pool->state.t2); }},
      {"t3", IfAny, [](const PoolRow& row) { return whole(row.pool->state.t3); }},
      {"availability", Always, term(&market::Availability::total)},
      {"placement", Always, term(&market::Availability::placement)},
      {"steadiness", Always, term(&market::Availability::steadiness)},
      {"discount", Always, term(&market::Availability::discount)},
      {"launches", IfAny, term(&market::Availability::launches)},
      {"survival", IfAny, term(&market::Availability::survival)},
      {"weight", Always, [](const PoolRow& row) -> Value { return row.availability.weight; }}};
}

void fill(std::vector<Value>& cells, const std::vector<Column>& shown, const PoolRow& row) {
  cells.resize(shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    cells[i] = shown[i].value(row);
  }
}

/// Those that a terminal shows only if they have something to say.
void drop_empty_columns(Table& table, const std::vector<Column>& shown) {
  for (std::size_t i = table.columns.size(); i-- > 0;) {
    const bool is_empty = shown[i].on_terminal == IfAny &&
                          std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
                            return std::holds_alternative<std::monostate>(row[i]);
                          });
    if (is_empty) {
      const auto at = static_cast<std::ptrdiff_t>(i);
      table.columns.erase(table.columns.begin() + at);
      for (auto& row : table.rows) {
        row.erase(row.begin() + at);
      }
    }
  }
}

}  // namespace

Table pool_table(market::PoolView view, const market::ZoneNames& names, OutputFormat format) {
  const bool is_for_terminal = format == OutputFormat::Table;
  auto shown = columns(names);
  if (is_for_terminal) {
    std::erase_if(shown, [](const Column& column) { return column.on_terminal == Never; });
  }
  Table table{.name = "pools", .columns = {}, .more = view.found - view.rows.size()};
  for (const auto& column : shown) {
    table.columns.push_back({.name = column.name, .places = 2});
  }
  if (!is_for_terminal) {
    table.next = [rows = std::move(view.rows), shown = std::move(shown),
                  at = std::size_t{0}](std::vector<Value>& cells) mutable {
      if (at == rows.size()) {
        return false;
      }
      fill(cells, shown, rows[at++]);
      return true;
    };
    return table;
  }
  for (const auto& row : view.rows) {
    fill(table.rows.emplace_back(), shown, row);
  }
  drop_empty_columns(table, shown);
  return table;
}

}  // namespace spotvane::cli
