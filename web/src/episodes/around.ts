import { known, nth } from '@candlewatch/core/nth'
import { ofHigh, ofLow, outline } from '../chart/bands.ts'
import { linear, pathOf, roundTicks } from '../plot/scale.ts'
import type { Candle } from '../state/series.ts'

/** The size of a drawing, in pixels. */
export interface Frame {
  readonly width: number
  readonly height: number
}

/** A drawing of a few bars, as the paths of an SVG. */
export interface Around {
  /** The wicks and bodies of bars that rose, and of bars that fell. */
  readonly up: string
  readonly down: string
  /** The 90 % ranges of high and low. */
  readonly highBand: string
  readonly lowBand: string
  /** The stripe behind the open bar. */
  readonly marked: { readonly x: number; readonly width: number }
  readonly prices: readonly { readonly y: number; readonly price: number }[]
}

/** Draws at least one bar. Gaps leave a hole; `at` is the open bar. */
export function aroundOf(candles: readonly Candle[], at: number, intervalMs: number, frame: Frame): Around {
  const [first, last] = [nth(candles, 0), known(candles.at(-1))]
  const x = linear([first.at - intervalMs / 2, last.at + intervalMs / 2], [0, frame.width])
  const domain = priceDomain(candles)
  const y = linear(domain, [frame.height - 4, 4])
  const barWidth = x(intervalMs) - x(0)
  const body = Math.max(1, barWidth * 0.64)
  const drawn = ({ at, open, high, low, close }: Candle) => {
    const [top, bottom] = [y(Math.max(open, close)), y(Math.min(open, close))]
    const left = tenths(x(at) - body / 2)
    // A body is at least a line.
    const height = Math.max(1, bottom - top)
    return `M${tenths(x(at))} ${tenths(y(high))}V${tenths(y(low))}M${left} ${tenths(top)}h${tenths(body)}v${tenths(height)}h${-tenths(body)}z`
  }
  const band = (pick: typeof ofHigh) => {
    const { x: times, y: prices } = outline(candles, pick)
    return pathOf(times.map((time, i) => (time === null ? null : [x(time), y(prices[i]!)])))
  }
  return {
    up: candles
      .filter(({ open, close }) => close >= open)
      .map(drawn)
      .join(''),
    down: candles
      .filter(({ open, close }) => close < open)
      .map(drawn)
      .join(''),
    highBand: band(ofHigh),
    lowBand: band(ofLow),
    marked: { x: tenths(x(at) - barWidth / 2), width: tenths(barWidth) },
    prices: roundTicks(domain, 3).map(price => ({ y: tenths(y(price)), price })),
  }
}

/** All prices, and the forecast ranges as far as they leave room for the prices. */
function priceDomain(candles: readonly Candle[]): readonly [number, number] {
  const least = Math.min(...candles.map(({ low }) => low))
  const greatest = Math.max(...candles.map(({ high }) => high))
  const air = (greatest - least) / 2
  const lower = Math.min(least, ...candles.map(({ verdict }) => verdict?.low?.lower ?? least))
  const upper = Math.max(greatest, ...candles.map(({ verdict }) => verdict?.high?.upper ?? greatest))
  return [Math.max(lower, least - air), Math.min(upper, greatest + air)]
}

const tenths = (px: number) => Math.round(px * 10) / 10
