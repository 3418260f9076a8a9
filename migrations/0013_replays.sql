-- Replays can be stepped, played until something alarms, and shown again from any bar that was judged.
-- The text is changed because jsonb refuses a name with half a surrogate pair, which earlier versions stored.
update replays set body =
  overlay(ltrim(body::text) placing '{"steps": 0, "until": null, "at": null, "revision": 0, ' from 1 for 1)::json;
