-- How each configuration's last use ended: 'ok', 'refused' and so on. Null: nobody knows; the use is
-- written before the call, and its outcome once there is an answer.
alter table quota_use add column outcome text;
update quota_use set outcome = 'refused' where was_refused = 1;
alter table quota_use drop column was_refused;
