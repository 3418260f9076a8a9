-- Episodes are made of alarms alone, of which there are few among many verdicts.
create index verdicts_alarms on verdicts (market, interval, open_time, seq) where is_anomaly;
