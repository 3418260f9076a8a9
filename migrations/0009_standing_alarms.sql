-- What no longer stands is neither listed nor counted. Whoever counts need not look at the verdicts themselves.
drop index verdicts_alarms;
create index verdicts_alarms on verdicts (market, interval, open_time, seq) where is_anomaly and withdrawn_by is null;
create index verdicts_faults on verdicts (market, interval, open_time) where status = 'feed-fault' and withdrawn_by is null;
