import type { Range } from '../format/when.ts'

/** Where two fingers are, pixels from the left-hand edge of the plot. */
export type Fingers = readonly [number, number]

/** Nearer than this to each other, a pixel more or less would be a leap. */
const leastPx = 24

/** The range in which each finger is still on the time that it was on; null where they are too near to each other. */
export function pinched([from, to]: Range, before: Fingers, after: Fingers, widthPx: number): Range | null {
  const apartPx = after[1] - after[0]
  const wasPx = before[1] - before[0]
  if (Math.abs(apartPx) < leastPx || apartPx * wasPx <= 0) return null
  const msPerPx = (to - from) / widthPx
  const nextMsPerPx = (wasPx * msPerPx) / apartPx
  const start = from + before[0] * msPerPx - after[0] * nextMsPerPx
  return [start, start + widthPx * nextMsPerPx]
}
