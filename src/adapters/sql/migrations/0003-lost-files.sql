-- Files of the archive that were given up, damaged or gone: what is known of the market misses their
-- rows, from the earliest of them until the next cycle after they were given up.
create table lost_file (
  path text not null,
  sha256 text not null,
  row_count integer not null,
  byte_count integer not null,
  from_ms integer not null,
  to_ms integer not null,
  given_up_ms integer not null,
  reason text not null,
  primary key (path, sha256)
) strict, without rowid;
