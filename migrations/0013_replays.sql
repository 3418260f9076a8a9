-- Replays can be stepped, played until something alarms, and shown again from any bar that was judged.
update replays set body = (jsonb '{"steps": 0, "until": null, "at": null, "revision": 0}' || body::jsonb)::json;
