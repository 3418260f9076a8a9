-- What an engine knows of past scores is no longer a list of them, but the largest with their times and counts of the rest.
-- The levels of earlier verdicts follow from lists that no engine reads any more.

delete from known_scores;
delete from score_sets;
alter table score_sets drop column model_scores, drop column naive_scores, add column memory bytea not null;
comment on table score_sets is 'What engines knew of past scores when they began.';
comment on column score_sets.hash is 'SHA-256 of the memory.';
