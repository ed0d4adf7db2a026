-- Times ("..._ms") are milliseconds since 1970, UTC: datetime(started_ms / 1000, 'unixepoch').
-- Days are UTC: '2026-08-01'.

-- What each credential has asked for lately: it decides what a new query would cost.
create table quota_use (
  credential text not null,
  configuration text not null,
  first_used_ms integer not null,
  last_used_ms integer not null,
  was_refused integer not null check (was_refused in (0, 1)),
  primary key (credential, configuration)
) strict, without rowid;
create index quota_use_by_time on quota_use (credential, last_used_ms);

create table quota_limit (
  credential text not null primary key,
  largest_accepted integer not null,
  refused_beyond integer not null,
  refused_at_ms integer not null
) strict, without rowid;

create table plan (
  day text not null primary key,
  seed text not null, -- 64 bits without a sign: more than SQLite's integer holds
  quota_known integer not null,
  quota_live integer not null,
  lower_bound integer not null
) strict, without rowid;

create table planned_query (
  day text not null references plan (day) on delete cascade,
  position integer not null,
  types text not null, -- with commas between
  target_capacity integer not null,
  unit text not null,
  regions text not null, -- with commas between
  single_zone integer not null check (single_zone in (0, 1)),
  credential text not null,
  reason text not null,
  value real not null,
  is_new integer not null check (is_new in (0, 1)),
  primary key (day, position)
) strict, without rowid;

create table daily_score (
  day text not null,
  position integer not null,
  instance_type text not null,
  region text not null,
  sps_changes integer not null,
  band_changes integer not null,
  score real not null,
  primary key (day, position)
) strict, without rowid;

create table initial_score (
  position integer not null primary key,
  instance_type text not null,
  region text not null,
  sps_cov real not null,
  if_cov real not null,
  score real not null
) strict;

create table cycle (
  started_ms integer not null primary key,
  pools integer not null,
  changes integer not null,
  file_path text -- as it was written; the day's files are merged later
) strict;

create table source_outcome (
  cycle_ms integer not null references cycle (started_ms) on delete cascade,
  position integer not null,
  source text not null,
  asked text not null,
  outcome text not null,
  note text not null,
  primary key (cycle_ms, position)
) strict, without rowid;

-- The archive's files that count. Any other is debris of a crash.
create table archive_file (
  path text not null primary key,
  sha256 text not null,
  row_count integer not null,
  byte_count integer not null,
  from_ms integer not null,
  to_ms integer not null
) strict, without rowid;

create table note (
  name text not null primary key,
  value text not null
) strict, without rowid;
