import { Ewma } from '../stats/ewma.ts'
import { SortedWindow } from '../stats/sorted-window.ts'
import type { Bar } from '../types.ts'

/** The next bar's high and low, quote currency. */
export interface HighLowPoint {
  readonly high: number
  readonly low: number
}

/** A forecaster that anyone could do without a model. `expected` looks, `learn` alone changes. */
export interface Baseline {
  /** null while there is too little past. */
  expected(): HighLowPoint | null
  learn(bar: Pick<Bar, 'high' | 'low' | 'close'>): void
}

/** The price stays where it is. */
export function lastClose(): Baseline {
  let point: HighLowPoint | null = null
  return {
    expected: () => point,
    learn({ close }) {
      point = { high: close, low: close }
    },
  }
}

/** The next bar reaches as high and as low as the last one. */
export function lastHighLow(): Baseline {
  let point: HighLowPoint | null = null
  return {
    expected: () => point,
    learn({ high, low }) {
      point = { high, low }
    },
  }
}

/** close × the trailing median of high over previous close, and of low over previous close. */
export function trailingMedian(windowBars = 96): Baseline {
  const ratios = { high: new SortedWindow(windowBars), low: new SortedWindow(windowBars) }
  let last: number | null = null
  return {
    expected() {
      const [high, low] = [median(ratios.high), median(ratios.low)]
      return last === null || high === null || low === null ? null : { high: last * high, low: last * low }
    },
    learn({ high, low, close }) {
      if (last !== null) {
        ratios.high.push(high / last)
        ratios.low.push(low / last)
      }
      last = close
    },
  }
}

/** Exponentially weighted means of high / previous close − 1 and of 1 − low / previous close. */
export class MoveEwma {
  readonly #up: Ewma
  readonly #down: Ewma
  #last: number | null = null

  constructor(halfLifeBars = 12) {
    this.#up = new Ewma(halfLifeBars)
    this.#down = new Ewma(halfLifeBars)
  }

  /** null before the second bar. */
  get now(): { readonly close: number; readonly up: number; readonly down: number } | null {
    const [close, up, down] = [this.#last, this.#up.mean, this.#down.mean]
    return close === null || up === null || down === null ? null : { close, up, down }
  }

  learn({ high, low, close }: Pick<Bar, 'high' | 'low' | 'close'>): void {
    if (this.#last !== null) {
      this.#up.learn(high / this.#last - 1)
      this.#down.learn(1 - low / this.#last)
    }
    this.#last = close
  }
}

/** close × (1 + k · the mean move up), close × (1 − k · the mean move down); k from rows before those it is judged on. */
export function scaledMove(k: { readonly up: number; readonly down: number }, halfLifeBars = 12): Baseline {
  const moves = new MoveEwma(halfLifeBars)
  return {
    expected() {
      const now = moves.now
      return now && { high: now.close * (1 + k.up * now.up), low: now.close * (1 - k.down * now.down) }
    },
    learn: bar => moves.learn(bar),
  }
}

function median(ring: SortedWindow): number | null {
  const middle = ring.size / 2
  const [below, above] = [ring.smallest(Math.ceil(middle)), ring.smallest(Math.floor(middle) + 1)]
  return below === null || above === null ? null : (below + above) / 2
}
