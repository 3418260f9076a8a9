import { nth } from '../nth.ts'
import type { Bar } from '../types.ts'

/**
 * Faults and market events as they are written over clean bars.
 *
 * | kind | what | size |
 * |---|---|---|
 * | spike | the close moves, and comes back on the next bar | S |
 * | wick | the high or the low alone moves away from the body | S |
 * | level shift | from inside this bar on, all prices stand elsewhere | S |
 * | volatility burst | six bars, stretched around their opens | log(high/low) of each, S |
 * | volume spike | the volume alone | times the usual volume |
 * | flat line | the bar before is repeated at its close, volume too | bars |
 * | repeat | the bar before is repeated in every number | bars |
 * | break | all prices of the bar alone stand elsewhere, as in another unit | S |
 * | bad tick | a high ten times too high, a low ten times too low, a close with one digit wrong | 10, or the digit |
 */
export const injectionKinds = [
  'spike',
  'wick',
  'level shift',
  'volatility burst',
  'volume spike',
  'flat line',
  'repeat',
  'break',
  'bad tick',
] as const
export type InjectionKind = (typeof injectionKinds)[number]

/** The market before a bar: S as a log ratio, and the usual volume in base currency. */
export interface Yardstick {
  readonly scale: number
  readonly usualVolume: number
}

/** One fault written over bars `first` to `last`. */
export interface Injection {
  readonly kind: InjectionKind
  readonly first: number
  readonly last: number
  /** In the units of its kind. */
  readonly size: number
  /** Up, where its kind has a direction. */
  readonly up: boolean
}

export const injectionSizes: Readonly<Record<InjectionKind, readonly number[]>> = {
  spike: [4, 6, 8, 12],
  wick: [4, 6, 8, 12],
  'level shift': [4, 6, 8, 12],
  // A burst's six bars together go further than one bar of the same size would.
  'volatility burst': [2, 3, 4, 6],
  'volume spike': [6, 12, 25, 50],
  'flat line': [3, 6, 12, 24],
  repeat: [1, 2, 6, 12],
  break: [2, 4, 8, 16],
  // Ten times, or the place of the digit that slips.
  'bad tick': [10, 2],
}

const burstBars = 6

/** How many bars a fault covers. */
export function spanOf(kind: InjectionKind, size: number): number {
  if (kind === 'flat line' || kind === 'repeat') return size
  if (kind === 'volatility burst') return burstBars
  return kind === 'spike' ? 2 : 1
}

/** Writes the fault into `bars`. */
export function distort(bars: Bar[], fault: Injection, yardstick: Yardstick): void {
  const { first, last, size, up } = fault
  const bar = nth(bars, first)
  const factor = Math.exp((up ? size : -size) * yardstick.scale)
  const edit = (at: number, change: Partial<Bar>) => {
    bars[at] = closedOver({ ...nth(bars, at), ...change })
  }
  const write: Readonly<Record<InjectionKind, () => void>> = {
    spike() {
      edit(first, { close: bar.close * factor })
      edit(last, { open: bar.close * factor })
    },
    wick() {
      const [top, bottom] = [Math.max(bar.open, bar.close), Math.min(bar.open, bar.close)]
      edit(first, up ? { high: Math.max(bar.high, top * factor) } : { low: Math.min(bar.low, bottom * factor) })
    },
    'level shift'() {
      for (let at = first; at < bars.length; at++) bars[at] = scaled(nth(bars, at), factor)
      edit(first, { open: bar.open })
    },
    'volatility burst'() {
      for (let at = first; at <= last; at++) bars[at] = stretched(nth(bars, at), size * yardstick.scale)
    },
    'volume spike'() {
      edit(first, { volume: Math.max(bar.volume, size * yardstick.usualVolume) })
    },
    'flat line'() {
      const { close, volume } = nth(bars, first - 1)
      for (let at = first; at <= last; at++)
        bars[at] = { ...nth(bars, at), open: close, high: close, low: close, close, volume }
    },
    repeat() {
      const { open, high, low, close, volume } = nth(bars, first - 1)
      for (let at = first; at <= last; at++) bars[at] = { ...nth(bars, at), open, high, low, close, volume }
    },
    break() {
      bars[first] = scaled(bar, factor)
    },
    'bad tick'() {
      if (size !== 10) edit(first, { close: slipped(bar.close, size) })
      else edit(first, up ? { high: bar.high * size } : { low: bar.low / size })
    },
  }
  write[fault.kind]()
}

/** The bar with high and low drawn out to hold its open and close. */
function closedOver(bar: Bar): Bar {
  const { open, high, low, close } = bar
  return { ...bar, high: Math.max(open, high, low, close), low: Math.min(open, high, low, close) }
}

function scaled(bar: Bar, factor: number): Bar {
  const { open, high, low, close } = bar
  return { ...bar, open: open * factor, high: high * factor, low: low * factor, close: close * factor }
}

/** Log distances from the open made larger, until log(high/low) is `logRange`; a bar that is wider stays as it is. */
function stretched(bar: Bar, logRange: number): Bar {
  const own = Math.log(bar.high / bar.low)
  if (own >= logRange) return bar
  if (own === 0) return { ...bar, high: bar.high * Math.exp(logRange / 2), low: bar.low * Math.exp(-logRange / 2) }
  const far = (price: number) => bar.open * (price / bar.open) ** (logRange / own)
  return closedOver({ ...bar, high: far(bar.high), low: far(bar.low), close: far(bar.close) })
}

/** The price with its n-th digit five off, as a mistyped 34,512 reads 39,512. */
function slipped(price: number, digit: number): number {
  const place = 10 ** (Math.floor(Math.log10(price)) - digit + 1)
  const found = Math.floor(price / place) % 10
  return price + (found < 5 ? 5 : -5) * place
}
