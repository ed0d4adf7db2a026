-- Cycles that somebody else collected: the snapshots of another archive. One that is not whole was
-- damaged: pools it does not name were left as they were.
create table imported_snapshot (
  cycle_ms integer not null primary key references cycle (started_ms) on delete cascade,
  path text not null, -- below its archive's root
  row_count integer not null,
  is_whole integer not null check (is_whole in (0, 1))
) strict;
