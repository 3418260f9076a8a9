import { rareness } from '../chart/strip.ts'
import { pathOf } from '../plot/scale.ts'
import type { Candle } from '../state/series.ts'

/** `rarer than 99.6 %`: a p-value as the share of the detector's past that is less rare. */
export function rankOf(pValue: number): string {
  const digits = pValue < 0.001 ? 2 : pValue < 0.1 ? 1 : 0
  // Rounded down, so that 99.97 % does not become 100 %.
  const percent = Math.floor((1 - pValue) * 100 * 10 ** digits + 1e-6) / 10 ** digits
  return `rarer than ${percent.toFixed(digits)} %`
}

/** A line needs at least this many bars with an opinion of the detector. */
const leastBars = 8
/** The rarest value, at the top of the line: a p-value of 1 in 2,000 bars, as many as are remembered. */
export const rarest = rareness(0.0005)

/** How rare the bars around an open one were to a detector, as an SVG path. */
export interface Sparkline {
  readonly path: string
  /** The open bar; null if the detector has no opinion of it. */
  readonly dot: { readonly x: number; readonly y: number } | null
}

/** Draws how rare each bar was to one detector, rarer bars higher; null where too few bars have its opinion. */
export function sparkline(
  candles: readonly Candle[],
  detector: string,
  at: number,
  [width, height]: readonly [number, number],
): Sparkline | null {
  const opinions = candles.map(candle => ({
    at: candle.at,
    pValue: candle.verdict?.detectors.find(({ id }) => id === detector)?.pValue,
  }))
  if (opinions.filter(({ pValue }) => pValue !== undefined).length < leastBars) return null
  // Every edge leaves room for half a dot.
  const x = (index: number) => Math.round(3 + (index / (opinions.length - 1)) * (width - 6))
  const y = (pValue: number) => Math.round((height - 6) * (1 - Math.min(1, rareness(pValue) / rarest)) + 3)
  const path = pathOf(opinions.map(({ pValue }, index) => (pValue === undefined ? null : [x(index), y(pValue)])))
  const here = opinions.findIndex(one => one.at === at)
  const own = opinions[here]?.pValue
  return { path, dot: own === undefined ? null : { x: x(here), y: y(own) } }
}
