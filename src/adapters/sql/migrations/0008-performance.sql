-- How fast which instances did which work. A workload is a dataset and its parameters: lines of
-- name=value, by name. A measurement is known by who made it and as what, and is kept once.
create table dataset (
  hash text not null primary key,
  name text not null
) strict, without rowid;

create table throughput_sample (
  source text not null,
  number integer not null,
  dataset text not null,
  parameters text not null,
  instance_type text not null,
  tasks_per_second real not null,
  at_ms integer not null,
  primary key (source, number)
) strict, without rowid;
create index throughput_sample_by_workload on throughput_sample (dataset, parameters, instance_type, at_ms);

create table work_total (
  source text not null,
  number integer not null,
  dataset text not null,
  parameters text not null,
  tasks real not null,
  at_ms integer not null,
  primary key (source, number)
) strict, without rowid;
create index work_total_by_workload on work_total (dataset, parameters, at_ms);
