import { rareness } from '../chart/strip.ts'
import { pathOf } from '../plot/scale.ts'
import type { Candle } from '../state/series.ts'

/** `rarer than 99.6 %` of its own past: a p-value is the share of the past that is at least as strange. */
export function rankOf(pValue: number): string {
  const digits = pValue < 0.001 ? 2 : pValue < 0.1 ? 1 : 0
  // Rounded down: what is almost everything is not everything.
  const percent = Math.floor((1 - pValue) * 100 * 10 ** digits + 1e-6) / 10 ** digits
  return `rarer than ${percent.toFixed(digits)} %`
}

/** Fewer bars of which a detector had an opinion are no line. */
const leastBars = 8
/** The rarest possible reaches the top: a p-value of 1 in 2,000, of which the past is made. */
export const rarest = rareness(0.0005)

export interface Sparkline {
  readonly path: string
  /** The opened bar; null where the detector was not asked. */
  readonly dot: { readonly x: number; readonly y: number } | null
}

/** How rare each of these bars was to one detector, the rarer the higher; null where it was asked about too few of them. */
export function sparkline(
  candles: readonly Candle[],
  detector: string,
  at: number,
  [width, height]: readonly [number, number],
): Sparkline | null {
  const said = candles.map(candle => ({
    at: candle.at,
    pValue: candle.verdict?.detectors.find(({ id }) => id === detector)?.pValue,
  }))
  if (said.filter(({ pValue }) => pValue !== undefined).length < leastBars) return null
  // Room for half a dot at every edge.
  const x = (index: number) => Math.round(3 + (index / (said.length - 1)) * (width - 6))
  const y = (pValue: number) => Math.round((height - 6) * (1 - Math.min(1, rareness(pValue) / rarest)) + 3)
  const path = pathOf(said.map(({ pValue }, index) => (pValue === undefined ? null : [x(index), y(pValue)])))
  const here = said.findIndex(one => one.at === at)
  const own = said[here]?.pValue
  return { path, dot: own === undefined ? null : { x: x(here), y: y(own) } }
}
