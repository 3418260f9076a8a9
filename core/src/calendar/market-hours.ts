import type { Ms } from '../types.ts'

/** What lies between a stream's newest bar and one that opens later. */
export interface Absence {
  /**
   * `none`: no bar is absent. `closed`: the market was closed. `thin`: bars without a trade, as often at that hour.
   * `gap`: bars that were expected did not come.
   */
  readonly kind: 'none' | 'closed' | 'thin' | 'gap'
  /** Bars that were expected and did not come; 0 unless it is a gap. */
  readonly missing: number
  /** True for the first bar after closed hours, and for one at a usual opening after some bars before the hours. */
  readonly isOpening: boolean
}

export const noAbsence: Absence = { kind: 'none', missing: 0, isOpening: false }

/** When the bars of a stream come. All times are openings of bars, UTC; bars are learned in order. */
export interface MarketHours {
  /** Judges what is absent before a bar that opens at `openMs`. Changes nothing. */
  before(openMs: Ms): Absence
  /** True for times at which a bar is expected: not in closed hours, nor in those in which bars mostly don't come. */
  expects(openMs: Ms): boolean
  learn(openMs: Ms): void
  /** When the next bar is expected to open; null before the first bar. */
  nextOpen(): Ms | null
  save(): Uint8Array
  load(state: Uint8Array): void
}

// A break of minutes, such as for maintenance, hardly moves the price: the bar after it is one like any other.
const leastClosedMs = 1_800_000

/** True where the hours that a market was closed for make the next bar an opening. */
export const isLongClosed = (closedMs: number) => closedMs >= leastClosedMs
