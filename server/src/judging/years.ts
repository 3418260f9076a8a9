import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'

/** Splits bars, oldest first, where a calendar year (UTC) begins: retention drops whole years. */
export function* byYear(bars: readonly Bar[], intervalMs: Ms): Iterable<readonly [Bar, ...Bar[]]> {
  let part: [Bar, ...Bar[]] | null = null
  for (const bar of bars) {
    if (part && yearOf(part[0].ts, intervalMs) === yearOf(bar.ts, intervalMs)) {
      part.push(bar)
      continue
    }
    if (part) yield part
    part = [bar]
  }
  if (part) yield part
}

/** Tells whether the bar is in another calendar year than the one that closed at `newestTs`; false if there is none. */
export function entersYear(newestTs: Ms, { ts }: Bar, intervalMs: Ms): boolean {
  return newestTs > 0 && yearOf(newestTs, intervalMs) !== yearOf(ts, intervalMs)
}

/** The calendar year in which a bar opens. */
const yearOf = (ts: Ms, intervalMs: Ms) => new Date(openOf({ ts }, intervalMs)).getUTCFullYear()
