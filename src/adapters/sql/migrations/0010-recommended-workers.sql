-- AWS recommends to leave a worker before it takes it: its successor comes first.
alter table job_worker add column recommended_ms integer;
