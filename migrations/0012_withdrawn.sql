create index verdicts_withdrawn on verdicts (withdrawn_by, open_time) where withdrawn_by is not null;
