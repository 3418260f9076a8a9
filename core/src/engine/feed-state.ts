import { candleFields } from '../bar.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Extreme } from '../stats/extreme.ts'
import type { Bar, FaultReason, PriceOutcome } from '../types.ts'

// Two equal trades make a flat bar anywhere; three in a row, where the market has never stood so long, is a stuck feed.
const leastFlatBars = 3
const memoryBars = 2_000

/** Runs of bars in which nothing moved, against the longest one of the last 2,000 bars: a thin market stands still often. */
export class FlatRuns {
  #run = 0
  readonly #longest = new Extreme(memoryBars, 'highest')

  /** The fault of a bar that continues a run which is too long; null for any other. Changes nothing. */
  fault(bar: Bar): FaultReason | null {
    const run = isFlat(bar) ? this.#run + 1 : 0
    const longestBefore = this.#longest.value ?? 0
    if (run < leastFlatBars || run <= longestBefore) return null
    return { code: 'flat', bars: run, longestBefore }
  }

  learn(bar: Bar): void {
    const ended = isFlat(bar) ? 0 : this.#run
    this.#run = isFlat(bar) ? this.#run + 1 : 0
    this.#longest.learn(ended)
  }

  save(): Uint8Array {
    return floatsToBytes([this.#run, ...this.#longest.save()])
  }

  load(state: Uint8Array): void {
    const [run = 0, ...longest] = floatsFromBytes(state)
    this.#run = run
    this.#longest.load(longest)
  }
}

const isFlat = ({ high, low }: Bar) => high === low

/**
 * Bars that repeat the one before them in every number, which no market does: the feed is stuck. Flat bars are left to
 * `FlatRuns`: in a thin market two in a row may be equal.
 */
export class Repeats {
  #last: readonly number[] = []

  fault(bar: Bar): FaultReason | null {
    const isRepeated = candleFields.every((field, i) => bar[field] === this.#last[i])
    return isRepeated && !isFlat(bar) ? { code: 'repeat' } : null
  }

  learn(bar: Bar): void {
    this.#last = candleFields.map(field => bar[field])
  }

  save(): Uint8Array {
    return floatsToBytes(this.#last)
  }

  load(state: Uint8Array): void {
    this.#last = floatsFromBytes(state)
  }
}

/** A bar of the usual range at `close`, in place of one that is not believed: as it stands, it would make every later bar look wild. */
export function asUsual(bar: Bar, close: number, scale: number): Bar {
  return { ...bar, open: close, high: close * Math.exp(scale / 2), low: close * Math.exp(-scale / 2), close }
}

/** A bar and its forecast. */
export interface Outcome {
  readonly bar: Bar
  readonly high: PriceOutcome
  readonly low: PriceOutcome
  readonly side: 'high' | 'low'
  /** S, a log ratio. */
  readonly scale: number
  /** Over the usual. */
  readonly volumeRatio: number
}

// A wick this many usual bars long, from a body that is nowhere near it, on ordinary volume.
const leastWick = 8
const mostVolume = 1.5

/**
 * A price that was printed but hardly traded: far outside the range on one side, while open and close stayed inside it and
 * volume was ordinary. A crash moves the close or the volume. null for any other bar.
 */
export function badTick({ bar, high, low, side, scale, volumeRatio }: Outcome): FaultReason | null {
  const wick = side === 'low' ? Math.log(low.lower / bar.low) : Math.log(bar.high / high.upper)
  const inside = [bar.open, bar.close].every(price => price >= low.lower && price <= high.upper)
  if (!inside || wick < leastWick * scale || volumeRatio > mostVolume) return null
  return { code: 'bad-tick', side, price: bar[side], outside: Math.expm1(wick), volumeRatio }
}

/** The bar with its wick cut to the range that was forecast: what is learned of a bad tick. */
export function withoutTick({ bar, high, low, side }: Outcome): Bar {
  return side === 'low' ? { ...bar, low: low.lower } : { ...bar, high: high.upper }
}
