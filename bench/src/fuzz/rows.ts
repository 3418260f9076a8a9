import { isoDate, readInterval } from '@candlewatch/core/interval'
import { makeRng } from '@candlewatch/core/stats/rng'

/** The numbers of a candle. */
export interface Numbers {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** A row as it is posted. */
export interface Row extends Numbers {
  readonly market: string
  readonly interval: string
  readonly date: string
}

/** The shapes of candles. */
export const shapes = ['usual', 'flat', 'crash', 'wick', 'huge', 'tiny', 'still'] as const
/** One shape of a candle. */
export type Shape = (typeof shapes)[number]

/** Makes the candle of a bar, always the same one. `salt` tells streams and seeds apart. */
export function candle(salt: number, bar: number, shape: Shape): Numbers {
  const rng = makeRng(salt + Math.imul(bar, 2_654_435_761))
  const level = (at: number) => 100 * Math.exp(0.1 * Math.sin(at / 40 + salt) + 0.03 * Math.sin(at / 7))
  const open = level(bar) * (1 + 0.001 * rng.normal())
  const close = level(bar + 1) * (1 + 0.001 * rng.normal())
  const high = Math.max(open, close) * (1 + 0.003 * rng.uniform())
  const low = Math.min(open, close) * (1 - 0.003 * rng.uniform())
  return shaped({ open, high, low, close, volume: 50 + 50 * rng.uniform() }, shape)
}

function shaped(it: Numbers, shape: Shape): Numbers {
  const times = (k: number, volume: number) => ({
    open: it.open * k,
    high: it.high * k,
    low: it.low * k,
    close: it.close * k,
    volume,
  })
  if (shape === 'flat') return { open: it.open, high: it.open, low: it.open, close: it.open, volume: it.volume }
  if (shape === 'still') return { open: 100, high: 100, low: 100, close: 100, volume: 0 }
  if (shape === 'crash') return { ...it, low: it.low / 2, close: it.low / 2, volume: it.volume * 20 }
  if (shape === 'wick') return { ...it, high: it.high * 1_000 }
  if (shape === 'huge') return times(1e12, 1e19)
  return shape === 'tiny' ? times(1e-13, 0) : it
}

/** Returns the length of an interval that the fuzzer made. */
export const intervalMs = readInterval

/** Returns the open of the bar-th bar since 2001. */
export function dateOf(bar: number, interval: string): string {
  return isoDate(Date.UTC(2001, 0, 1) + bar * intervalMs(interval))
}

/** Returns the number of a bar, the inverse of its open. */
export function barOf(date: string, interval: string): number {
  return (Date.parse(date) - Date.UTC(2001, 0, 1)) / intervalMs(interval)
}
