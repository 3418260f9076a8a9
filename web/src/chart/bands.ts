import type { PriceForecast } from '@candlewatch/core/types'
import type { Candle } from '../state/series.ts'

/** An outline to fill, with null between pieces: bars without a forecast leave a hole. */
export interface Outline {
  readonly x: readonly (number | null)[]
  readonly y: readonly (number | null)[]
}

interface Slice {
  readonly at: number
  readonly lower: number
  readonly upper: number
}

type Pick = (forecast: { readonly high: PriceForecast; readonly low: PriceForecast }) => readonly [number, number]

/** Picks the forecast range of the high. */
export const ofHigh: Pick = ({ high }) => [high.lower, high.upper]
/** Picks the forecast range of the low. */
export const ofLow: Pick = ({ low }) => [low.lower, low.upper]
/** Picks the range from the least low to the greatest high, for bars that are a pixel wide. */
export const ofBoth: Pick = ({ high, low }) => [low.lower, high.upper]

/** The outline of the forecast ranges; `everyBars` neighbours share one slice that includes all of theirs. */
export function outline(candles: readonly Candle[], pick: Pick, everyBars = 1): Outline {
  const x: (number | null)[] = []
  const y: (number | null)[] = []
  let piece: Slice[] = []
  const close = () => {
    if (piece.length === 0) return
    if (x.length > 0) {
      x.push(null)
      y.push(null)
    }
    for (const slice of piece) push(slice.at, slice.upper)
    for (const slice of piece.toReversed()) push(slice.at, slice.lower)
    piece = []
  }
  const push = (at: number, price: number) => {
    x.push(at)
    y.push(price)
  }
  for (let from = 0; from < candles.length; from += everyBars) {
    const slice = sliceOf(candles, from, Math.min(from + everyBars, candles.length), pick)
    if (slice) piece.push(slice)
    else close()
  }
  close()
  return { x, y }
}

function sliceOf(candles: readonly Candle[], from: number, to: number, pick: Pick): Slice | null {
  let found: Slice | null = null
  for (const { at, verdict } of candles.slice(from, to)) {
    if (!verdict?.high || !verdict.low) continue
    const [lower, upper] = pick({ high: verdict.high, low: verdict.low })
    found = found
      ? { at: found.at, lower: Math.min(found.lower, lower), upper: Math.max(found.upper, upper) }
      : { at, lower, upper }
  }
  return found
}
