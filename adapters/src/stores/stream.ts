import type { Market, Ms } from '@candlewatch/core/types'

/** One market at one interval: what an engine watches. */
export interface Stream {
  readonly market: Market
  readonly intervalMs: Ms
}

/** Bars or verdicts of one stream, by the bars' opens: `from` included, `to` excluded, null = no bound. */
export interface Range extends Stream {
  readonly fromMs: Ms | null
  readonly toMs: Ms | null
  /** The rows at the end of the range are kept: a chart asks for the newest. */
  readonly limit: number
}

/** An engine's memory after the bar that closed at `ts` (0 = before any bar). */
export interface Snapshot extends Stream {
  readonly model: string
  readonly ts: Ms
  readonly state: Uint8Array
}
