import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Ewma } from '../stats/ewma.ts'
import { hourMs } from '../time.ts'
import type { Ms } from '../types.ts'

/** How much larger a bar after closed hours is than one within a session: the factors of S and of the usual volume. */
export interface OpeningRatios {
  /** Of moves from the close before: they hold what happened while the market was closed. */
  readonly move: number
  /** From high to low within the bar. */
  readonly range: number
  readonly volume: number
}

/** The ratios of a bar within a session. */
export const ordinaryRatios: OpeningRatios = { move: 1, range: 1, volume: 1 }

/** The sizes of one bar in units of S and of the usual volume. */
export interface OpeningSizes {
  /** The larger of log(high / close before) and log(close before / low). */
  readonly move: number
  readonly range: number
  readonly volume: number
}

// Between two bars of a session the larger move is this share of S on average: .79 for coins and for an index, at 5 minutes,
// hours and days alike.
const usualMove = 0.79
// A closed hour moves a price by less than an open one does: so much variance of an open bar for each closed one, which fits
// nights of hours and of minutes, and weekends. Weekends add little to a night.
const varianceOfClosedBar = 0.3
const mostClosedMs = 16 * hourMs
const leastClosedBars = 2
// Busy first minutes, until the market has shown its own.
const firstGuess: OpeningRatios = { move: 1, range: 1.5, volume: 1.5 }
const priorOpenings = 5
const halfLifeOpenings = 60
const winsorAt = 4
const [leastRatio, mostRatio] = [0.1, 100]

/** The scale of opening bars: a guess from the length of the closed hours, times what openings have been over that guess. */
export class OpeningScale {
  readonly #intervalMs: Ms
  /** Of `move` relative to the guess; of the others as they are. */
  readonly #means = {
    move: new Ewma(halfLifeOpenings),
    range: new Ewma(halfLifeOpenings),
    volume: new Ewma(halfLifeOpenings),
  }

  constructor(intervalMs: Ms) {
    this.#intervalMs = intervalMs
    for (const name of names) this.#means[name].prime(firstGuess[name], priorOpenings)
  }

  /** The ratios of a bar that opens after so much closed time. */
  after(closedMs: number): OpeningRatios {
    const { move, range, volume } = this.#means
    return {
      move: held(this.#guess(closedMs) * (move.mean ?? firstGuess.move)),
      range: held(range.mean ?? firstGuess.range),
      volume: held(volume.mean ?? firstGuess.volume),
    }
  }

  learn(closedMs: number, { move, range, volume }: OpeningSizes): void {
    const found = { move: move / usualMove / this.#guess(closedMs), range, volume }
    for (const name of names) {
      const mean = this.#means[name]
      mean.learn(Math.min(found[name], winsorAt * (mean.mean ?? firstGuess[name])))
    }
  }

  #guess(closedMs: number): number {
    const most = Math.max(mostClosedMs, leastClosedBars * this.#intervalMs)
    return Math.sqrt(1 + (varianceOfClosedBar * Math.min(closedMs, most)) / this.#intervalMs)
  }

  save(): Uint8Array {
    return floatsToBytes(names.flatMap(name => this.#means[name].save()))
  }

  load(state: Uint8Array): void {
    const values = floatsFromBytes(state)
    names.forEach((name, i) => {
      this.#means[name].load([values[2 * i] ?? 0, values[2 * i + 1] ?? 0])
    })
  }
}

const names = ['move', 'range', 'volume'] as const

const held = (ratio: number) => Math.max(leastRatio, Math.min(mostRatio, ratio))
