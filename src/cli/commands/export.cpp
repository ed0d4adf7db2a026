#include "cli/commands/export.hpp"

#include "market/market_archive.hpp"

namespace spotvane::cli {

void Export::declare(Flags& flags, Settings& /*settings*/) {
  flags.choice("format", {"csv", "parquet", "json"}, "the file's format", format_);
  flags.text("to", "FILE", "the file to write", target_);
  flags.choice("table", {"market", "probe_events", "probe_instances"},
               "what to export: the market, or what probes saw", table_);
  flags.text("sql", "SQL", "export the answer of this query instead of every row", sql_);
  flags.day("from", "leave out rows before this UTC day", from_);
  flags.day("until", "leave out rows from this UTC day on", until_);
}

std::string Export::sql() const {
  if (sql_) {
    return *sql_;
  }
  const std::string_view time = table_ == "probe_instances" ? "requested" : "time";
  const std::string_view order = table_ == "market" ? "instance_type, region, az_id" : "probe";
  auto text = fmt::format("select * from {}", table_);
  std::string_view joint = " where ";
  if (from_) {
    text += fmt::format("{}{} >= timestamp '{} 00:00:00'", joint, time, to_iso8601(*from_));
    joint = " and ";
  }
  if (until_) {
    text += fmt::format("{}{} < timestamp '{} 00:00:00'", joint, time, to_iso8601(*until_));
  }
  return text + fmt::format(" order by {}, {}", time, order);
}

Result<ExitCode> Export::run(Environment& environment) {
  if (target_.empty()) {
    return tl::unexpected(Error{ErrorKind::InvalidInput, "option '--to' is missing: where to write",
                                "for a look on the terminal use `spotvane query`"});
  }
  if (sql_ && (from_ || until_)) {
    return fail(ErrorKind::InvalidInput, "options '--from' and '--until' do not go with '--sql'");
  }
  auto home = environment.open_home(HomeUse::ReadOnly);
  if (!home) {
    return tl::unexpected(std::move(home.error()));
  }
  const auto has_rows = market::has_rows((*home)->state(), (*home)->lake());
  const auto probes = (*home)->state().probes().files();
  if (!has_rows || !probes) {
    return tl::unexpected(!has_rows ? has_rows.error() : probes.error());
  }
  const auto rows = market::read_archive<std::uint64_t>(
      (*home)->state(), [&](const std::vector<LakeFile>& files) {
        return (*home)->lake().export_to(files, *probes, sql(), format_, target_);
      });
  if (!rows) {
    return tl::unexpected(rows.error());
  }
  environment.console.say(fmt::format("{} rows written to '{}'", *rows, target_));
  return ExitCode::Done;
}

}  // namespace spotvane::cli
