-- The files of the probes' archive that count, and which of them has a probe's rows.
create table probe_file (
  path text not null primary key,
  sha256 text not null,
  row_count integer not null,
  byte_count integer not null,
  from_ms integer not null,
  to_ms integer not null
) strict, without rowid;
alter table probe add column file text; -- null: in none yet
