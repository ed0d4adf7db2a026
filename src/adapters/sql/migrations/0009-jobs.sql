-- Jobs: a manager that dies at any moment is followed by another that knows all it knew.
create table job (
  id text not null primary key, -- also the value of its tags
  name text not null,
  file text not null, -- its file's text
  settled text not null, -- what that left open: lines of name=value
  tasks real not null,
  begun_ms integer not null,
  state text not null, -- what it is, or will be once its workers are ended
  note text not null,
  ended_ms integer,
  tasks_done real not null,
  raised_micros integer,
  is_ahead integer not null,
  is_calibrated integer not null,
  holder text not null, -- empty: nobody
  held_until_ms integer not null, -- by the wall's clock
  is_asked_to_stop integer not null
) strict, without rowid;

-- Calls that launch: here before they are made.
create table job_launch (
  job text not null references job (id) on delete cascade,
  number integer not null,
  instance_type text not null,
  zone text not null,
  is_on_demand integer not null,
  image text not null,
  instance_count integer not null,
  price_micros integer not null,
  max_price_micros integer,
  reason text not null,
  decided_ms integer not null,
  is_open integer not null, -- what came of it is not known
  realised integer not null,
  error text not null,
  primary key (job, number)
) strict, without rowid;

create table job_worker (
  job text not null references job (id) on delete cascade,
  number integer not null,
  id text not null,
  launch integer not null,
  instance_type text not null,
  zone text not null,
  is_on_demand integer not null,
  launched_ms integer not null,
  running_ms integer,
  noticed_ms integer, -- that AWS takes it
  ending_ms integer, -- when we decided so
  reason text not null,
  ended_ms integer,
  is_interrupted integer not null,
  patience integer not null,
  tasks real not null, -- the largest count of its own
  rate real not null, -- as it said last, tasks a second
  deviation real not null,
  reported_ms integer,
  cost_micros integer, -- once its hours are over
  primary key (job, number)
) strict, without rowid;

create table job_decision (
  job text not null references job (id) on delete cascade,
  position integer not null,
  at_ms integer not null,
  subject text not null,
  what text not null,
  detail text not null,
  primary key (job, position)
) strict, without rowid;

-- Pools that failed, whichever job asked: nothing is asked of them for a while.
create table pool_back_off (
  instance_type text not null,
  zone text not null,
  is_on_demand integer not null,
  until_ms integer not null,
  last_ms integer not null,
  primary key (instance_type, zone, is_on_demand)
) strict, without rowid;
