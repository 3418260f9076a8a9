import { hourMs } from '../time.ts'
/** Something that happened in the market and that a watcher should have seen. */
export interface LabelledEvent {
  readonly startMs: number
  /** The first moment after it. */
  readonly endMs: number
  /** 1 = unmistakable; larger = milder. */
  readonly tier: number
  readonly label: string
}

/** A stretch of time, its end excluded; epoch ms. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

// An alarm an hour early or late is of the same event to anyone who looks at the chart.
export const toleranceMs: number = hourMs

/** True if two stretches share a moment, or lie less than the tolerance apart. */
export function meets(a: Span, b: Span, withinMs = toleranceMs): boolean {
  return a.startMs < b.endMs + withinMs && a.endMs > b.startMs - withinMs
}

/** The events that lie in the range from their first to their last moment; the others nobody could judge. */
export function eventsWithin(events: readonly LabelledEvent[], { startMs, endMs }: Span): LabelledEvent[] {
  return events.filter(event => event.startMs >= startMs && event.endMs <= endMs)
}
