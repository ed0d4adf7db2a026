-- What controllers have done, or are at: each thing once, whoever does it.
create table guard_task (
  task text not null primary key, -- 'drain i-0123'
  holder text not null,
  held_until_ms integer not null,
  done_ms integer -- null: not yet
) strict, without rowid;

-- Hosts that AWS has said it takes.
create table guard_host (
  instance_id text not null primary key,
  fleet_id text not null,
  instance_type text not null,
  told_ms integer not null,
  ends_ms integer not null
) strict, without rowid;
create index guard_host_by_fleet on guard_host (fleet_id, told_ms);

-- What was decided, and from what.
create table guard_decision (
  position integer not null primary key,
  at_ms integer not null,
  subject text not null,
  what text not null,
  outcome text not null,
  inputs text not null -- JSON
) strict, without rowid;
