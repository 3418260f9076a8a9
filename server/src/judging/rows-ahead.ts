import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { HeldRowStore } from '@candlewatch/adapters/stores/held-rows'
import { isoDate } from '@candlewatch/core/interval'
import { openOf, type Stream, secondMs, streamKey } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import { stored } from '../platform/stored.ts'
import { refusal } from './row-check.ts'

/** More intervals than this after the newest bar, a row is held until another one confirms it. */
const maxIntervalsAhead = 10_000

/** The held rows of the streams that are judged here. */
export interface HeldRows {
  /** Reads the held row of a stream. Called when an engine of it begins. */
  begin(stream: Stream): Promise<void>
  of(stream: Stream): Bar | null
  hold(stream: Stream, bar: Bar): Promise<void>
  release(stream: Stream): Promise<void>
}

/** Keeps the held rows in memory, so that ordinary rows need no query for them. */
export function makeHeldRows(store: HeldRowStore): HeldRows {
  const rows = new Map<string, Bar>()
  return {
    async begin(stream) {
      const bar = await store.held(stream)
      if (bar) rows.set(streamKey(stream), bar)
      else rows.delete(streamKey(stream))
    },
    of: stream => rows.get(streamKey(stream)) ?? null,
    async hold(stream, bar) {
      await stored(() => store.hold(stream, bar))
      rows.set(streamKey(stream), bar)
    },
    async release(stream) {
      if (!rows.has(streamKey(stream))) return
      await stored(() => store.release(stream))
      rows.delete(streamKey(stream))
    },
  }
}

/**
 * The rows that may be judged, oldest first; a held row that they confirm comes before them. In a stream that follows the clock,
 * none of them is far ahead of the row before it, unless the next one confirms it: a row with a date that is too new would make
 * all real ones late. Throws ERR_BAR_AHEAD for such a row, which is then held.
 */
export async function confirmed(
  { store, heldRows }: { readonly store: BarStore; readonly heldRows: HeldRows },
  stream: Stream,
  newer: readonly Bar[],
  newestTs: Ms,
  rowOf: (bar: Bar) => number,
): Promise<readonly Bar[]> {
  const farAfter = (ts: Ms, bar: Bar) => ts > 0 && bar.ts - ts > maxIntervalsAhead * stream.intervalMs
  const jump = newer.findIndex((bar, i) => farAfter(newer[i - 1]?.ts ?? newestTs, bar))
  const [ahead, next] = [newer[jump], newer[jump + 1]]
  if (!ahead || (next && !farAfter(ahead.ts, next))) return newer
  const held = heldRows.of(stream)
  const isConfirmed = held && held.ts > newestTs && held.ts < ahead.ts && !farAfter(held.ts, ahead)
  if (jump === 0 && isConfirmed) return [held, ...newer]
  if (!(await followsTheClock(store, stream, newestTs))) return newer
  await heldRows.hold(stream, ahead)
  const date = (ts: Ms) => isoDate(openOf({ ts }, stream.intervalMs))
  throw refusal(
    {
      code: 'ERR_BAR_AHEAD',
      field: 'date',
      expected: `a bar at most ${maxIntervalsAhead} intervals after the one before it, which opened at ${date(newer[jump - 1]?.ts ?? newestTs)}`,
      found: `the one of ${date(ahead.ts)}`,
      advice: 'It is held and will be judged when the next row confirms it. If its date is wrong, send the right rows.',
    },
    rowOf(ahead),
  )
}

/** Tells whether the newest bar was judged near its close: the stream is neither a replay nor an import. */
async function followsTheClock(store: BarStore, stream: Stream, newestTs: Ms): Promise<boolean> {
  const newest = (await store.known(stream, [newestTs])).get(newestTs)
  const graceMs = Math.max(10 * secondMs, stream.intervalMs / 10)
  return newest?.verdict != null && newest.bar.seen - newestTs <= 2 * stream.intervalMs + graceMs
}
