-- Probes: what each was about to do is here before AWS is asked for anything, and stays without
-- cleared_ms until nothing of it is left there.
create table probe (
  id text not null primary key, -- also the client token and the value of the tag
  instance_type text not null,
  region text not null,
  zone text not null, -- by ID; empty: anywhere in the region
  zone_name text not null,
  image text not null,
  via text not null, -- 'spot-request', 'run-instances' or 'create-fleet'
  instance_count integer not null,
  vcpus integer not null, -- of each
  price_micros integer not null, -- millionths of a dollar an hour and instance, at most
  max_price_micros integer, -- as AWS was told
  cost_most_micros integer not null,
  timeout_ms integer not null,
  interval_ms integer not null,
  intended_ms integer not null,
  requested_ms integer,
  ended_ms integer,
  outcome text,
  note text,
  cleared_ms integer,
  spent_micros integer
) strict, without rowid;
create index probe_by_time on probe (intended_ms);
create index probe_by_clearance on probe (cleared_ms);

-- What a probe made in AWS.
create table probe_resource (
  probe text not null references probe (id) on delete cascade,
  kind text not null, -- 'spot-request', 'instance', 'fleet' or 'launch-template'
  id text not null,
  primary key (probe, kind, id)
) strict, without rowid;

-- What was seen of it, when: each instance's timeline and its request's status codes.
create table probe_event (
  probe text not null references probe (id) on delete cascade,
  position integer not null,
  at_ms integer not null,
  subject text not null, -- an instance or a request; empty: the probe itself
  what text not null,
  detail text not null,
  primary key (probe, position)
) strict, without rowid;

-- Each change of the number of instances that were ready.
create table probe_ready (
  probe text not null references probe (id) on delete cascade,
  position integer not null,
  at_ms integer not null,
  ready integer not null,
  primary key (probe, position)
) strict, without rowid;
