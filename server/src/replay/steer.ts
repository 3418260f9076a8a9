import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import type { ReplayChange } from '@candlewatch/api/replays'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate, readInterval } from '@candlewatch/core/interval'
import type { Stream } from '@candlewatch/core/time'
import { closeOf, msOf, openOf } from '@candlewatch/core/time'
import type { Ms, Replay } from '@candlewatch/core/types'

/** The stored bars and verdicts that steering reads. */
export type Past = Pick<BarStore & VerdictStore, 'bars' | 'barsAfter' | 'alarmAfter'>

/**
 * Applies a change to a replay; returns the same replay if nothing changes. Verdicts stay: going back only hides bars.
 * Throws ERR_REPLAY_INVALID, ERR_REPLAY_OVER.
 */
export async function steer(replay: Replay, change: ReplayChange, past: Past): Promise<Replay> {
  if (change.revision !== undefined && change.revision !== replay.revision) return replay
  const wanted = await asked(paced(replay, change), change, past)
  if (isSame(wanted, replay)) return replay
  refuseOver(replay, wanted)
  const next = over(wanted)
  return isSame(next, replay) ? replay : { ...next, revision: replay.revision + 1 }
}

/** Clears what a finished replay was waiting for or showing. */
export function over(replay: Replay): Replay {
  const isOver = replay.state === 'finished' || replay.state === 'stopped'
  return isOver ? { ...replay, seek: null, until: null, at: null } : replay
}

/** A pause also clears pending seeks and steps. */
function paced(replay: Replay, { state, everyMs = replay.everyMs }: ReplayChange): Replay {
  if (state === undefined) return { ...replay, everyMs }
  return { ...replay, everyMs, state, seek: state === 'paused' ? null : replay.seek, until: null }
}

async function asked(replay: Replay, { seek, at, step, until }: ReplayChange, past: Past): Promise<Replay> {
  if (seek === null) return { ...replay, seek: null }
  if (seek !== undefined) return sought(replay, seek, past)
  if (at !== undefined) return shown(replay, at, past)
  if (step !== undefined) return step < 0 ? steppedBack(replay, -step, past) : steppedOn(replay, step, past)
  if (until === null && replay.until !== null) return { ...replay, until, state: 'paused' }
  return until ? soughtAlarm(replay, until, past) : replay
}

async function sought(replay: Replay, seek: Ms, past: Past): Promise<Replay> {
  const stream = streamOf(replay)
  const to = Date.parse(replay.to) + stream.intervalMs
  if (seek < Date.parse(replay.from) || seek > to) throw outside('seek', replay, to, seek)
  const newest = await newestOpen(stream, past)
  if (newest === null || seek > newest) return { ...replay, seek: isoDate(seek), until: null, at: null }
  const [last] = await past.bars({ ...stream, fromMs: null, toMs: seek, limit: 1 })
  return back(replay, last ? last.ts - stream.intervalMs : seek)
}

async function shown(replay: Replay, at: Ms | null, past: Past): Promise<Replay> {
  const newest = await newestOpen(streamOf(replay), past)
  if (at === null || newest === null || at >= newest) return { ...replay, at: null }
  if (at < Date.parse(replay.from)) throw outside('at', replay, newest, at)
  return back(replay, at)
}

async function steppedBack(replay: Replay, rows: number, past: Past): Promise<Replay> {
  const stream = streamOf(replay)
  const now = replay.at === null ? await newestOpen(stream, past) : msOf(replay.at)
  const range = { ...stream, fromMs: msOf(replay.from), toMs: now, limit: rows }
  const [bar] = now === null ? [] : await past.bars(range)
  const held = paused(replay)
  return bar ? back(held, bar.ts - stream.intervalMs) : held
}

/** Steps over bars that are judged already first; the client that posts the rows does the rest. */
async function steppedOn(replay: Replay, rows: number, past: Past): Promise<Replay> {
  const held = paused(replay)
  if (replay.at === null) return { ...held, steps: replay.steps + rows }
  const stream = streamOf(replay)
  const newest = await newestOpen(stream, past)
  let left = rows
  for await (const { ts } of past.barsAfter(stream, closeOf(Date.parse(replay.at), stream.intervalMs))) {
    left -= 1
    const open = ts - stream.intervalMs
    if (open === newest) break
    if (left === 0) return back(held, open)
  }
  return { ...held, at: null, steps: replay.steps + left }
}

/** Shows an alarm that was found before at once; otherwise plays rows until there is one. */
async function soughtAlarm(replay: Replay, until: 'anomaly', past: Past): Promise<Replay> {
  const stream = streamOf(replay)
  if (replay.at !== null) {
    const alarm = await past.alarmAfter(stream, closeOf(Date.parse(replay.at), stream.intervalMs))
    if (alarm) return shown(paused(replay), msOf(alarm.date), past)
  }
  return { ...replay, state: 'playing', until, seek: null, at: null }
}

function back(replay: Replay, open: number): Replay {
  const state = replay.state === 'finished' ? 'paused' : replay.state
  return { ...replay, state, seek: null, until: null, at: isoDate(open) }
}

const isSame = (one: Replay, other: Replay) => JSON.stringify(one) === JSON.stringify(other)

const paused = (replay: Replay): Replay => ({ ...replay, state: 'paused', seek: null, until: null })

async function newestOpen(stream: Stream, past: Past): Promise<Ms | null> {
  const [bar] = await past.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
  return bar ? openOf(bar, stream.intervalMs) : null
}

function streamOf({ market, interval }: Replay): Stream {
  return { market, intervalMs: readInterval(interval) }
}

function outside(field: 'seek' | 'at', replay: Replay, to: number, found: Ms): CandlewatchError {
  const range = `from ${replay.from} to ${isoDate(to)}`
  return new CandlewatchError('ERR_REPLAY_INVALID', `${field}: Expected a date ${range}, found ${isoDate(found)}.`, {
    field,
  })
}

function refuseOver(replay: Replay, wanted: Replay): void {
  if (replay.state === 'stopped') {
    throw new CandlewatchError(
      'ERR_REPLAY_OVER',
      'The replay was stopped and cannot be changed any more. Start another with npm run simulate.',
    )
  }
  const hasRows = wanted.at !== null || wanted.state === 'finished' || wanted.state === 'stopped'
  if (replay.state === 'finished' && !hasRows) {
    throw new CandlewatchError(
      'ERR_REPLAY_OVER',
      'The replay has finished: every row has been answered. Seek an earlier date to watch it again.',
    )
  }
}
