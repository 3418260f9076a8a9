import { first, known, nth } from '../../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../../state/bytes.ts'
import { pack, unpack } from '../../state/pack.ts'
import { Ewma } from '../../stats/ewma.ts'
import { Departure } from './departure.ts'
import { Noise } from './noise.ts'
import { Ranges } from './ranges.ts'
import { harmonic, tempered } from './rarity.ts'
import { Recent } from './recent.ts'
import { Seasons } from './seasons.ts'
import { Stray } from './stray.ts'
import { Tail } from './tail.ts'

const sizeRows = 500
// Rows before the scales are worth a tail.
const scaleRows = 20
const strayHalfLives = [3, 12, 96]
// Strange stretches last hours to days; one row alone counts for no more than one in 10,000.
const [lastingRows, mostOfOneRow] = [72, 4]
const newestOfLasting = 1 - 0.5 ** (1 / lastingRows)
// In the order of the scores. A single row that misses its forecast is the commonest strange thing and rarely one to
// wake up for: with equal weights, heavy-tailed noise spends the budget that shifts and bursts need.
const weights = [0.1, 0.1, 1, 1, 1, 1, 1]
const departureShare = 0.5

/**
 * How rare a row is among those before it, by several questions at once: is it far from what the last rows, and from what
 * other days, made expected; has the level strayed, at once, over an hour's rows or over a day's; has the noise grown or
 * died; and has it all been somewhat strange for long. Each has its own tail, and the rarities are joined by their
 * harmonic mean, which holds though they depend on each other. To that comes half of what a departure from the median of the
 * last hour's rows is worth, and how far the row lies outside all that was seen before: neither is worth much alone, but
 * what several see is stranger.
 */
export class Surprise {
  readonly #size = new Ewma(sizeRows)
  readonly #recent = new Recent()
  readonly #seasons = new Seasons()
  readonly #strays = strayHalfLives.map(rows => new Stray(rows))
  readonly #noise = new Noise()
  readonly #lasting = new Ewma(lastingRows)
  readonly #departure = new Departure()
  readonly #ranges = new Ranges()
  readonly #tails = weights.map(() => new Tail())
  #rows = 0

  /** Seasons are used once the distance between rows is known. */
  start(intervalMs: number): void {
    this.#seasons.start(intervalMs)
    this.#departure.start(intervalMs)
  }

  /** The score, null while no tail is known, and what learns the row. Nothing changes until `learn` is called. */
  look(ts: number, value: number): { score: number | null; learn(): void } {
    const floor = floorOf(this.#size.mean ?? Math.abs(value))
    const last = this.#recent.last
    const change = last === null ? 0 : Math.abs(value - last)
    const scores = [
      this.#recent.score(value, floor),
      this.#seasons.score(ts, value, last, floor),
      ...this.#strays.map(stray => stray.score(value, floor)),
      this.#noise.score(change, floor),
    ]
    const now = this.#joined(scores)
    const lasting = now === null ? null : this.#lastingWith(now)
    const joined = this.#joined([...scores, lasting])
    const score = joined === null ? null : tempered(joined, this.#rows) + this.#beside(ts, value, floor)
    return {
      score,
      learn: () => {
        if (this.#rows >= scaleRows) this.#learnTails([...scores, lasting])
        if (now !== null) this.#lasting.learn(Math.min(now, mostOfOneRow))
        this.#noise.learn(change, floor)
        for (const stray of this.#strays) stray.learn(value, floor)
        this.#seasons.learn(ts, value, last, floor)
        this.#departure.learn(value, change, floor)
        this.#ranges.learn(ts, value)
        this.#recent.learn(value, floor)
        this.#size.learn(Math.abs(value))
        this.#rows++
      },
    }
  }

  #beside(ts: number, value: number, floor: number): number {
    return departureShare * this.#departure.score(value, floor) + this.#ranges.score(ts, value)
  }

  #joined(scores: readonly (number | null)[]): number | null {
    const logPs: number[] = []
    const weighed: number[] = []
    scores.forEach((score, i) => {
      const logP = score === null ? null : nth(this.#tails, i).logP(score)
      if (logP === null) return
      logPs.push(logP)
      weighed.push(nth(weights, i))
    })
    return logPs.length === 0 ? null : harmonic(logPs, weighed)
  }

  #lastingWith(now: number): number {
    const mean = this.#lasting.mean ?? 0
    return mean + newestOfLasting * (Math.min(now, mostOfOneRow) - mean)
  }

  #learnTails(scores: readonly (number | null)[]): void {
    scores.forEach((score, i) => {
      if (score !== null) nth(this.#tails, i).learn(score)
    })
  }

  save(): Uint8Array {
    const numbers = [
      [this.#rows, ...this.#size.save(), ...this.#lasting.save()],
      ...[this.#recent, this.#noise, this.#ranges, ...this.#strays].map(part => part.save()),
    ]
    return pack([
      this.#seasons.save(),
      this.#departure.save(),
      ...numbers.map(floatsToBytes),
      ...this.#tails.map(tail => tail.save()),
    ])
  }

  load(state: Uint8Array): void {
    const [seasons, departure, ...parts] = unpack(state)
    this.#seasons.load(known(seasons))
    this.#departure.load(known(departure))
    const [own = [], ...others] = parts.slice(0, -this.#tails.length).map(floatsFromBytes)
    const [rows, sizeSum, sizeWeight, lastingSum, lastingWeight] = first(own, 5)
    this.#rows = rows
    this.#size.load([sizeSum, sizeWeight])
    this.#lasting.load([lastingSum, lastingWeight])
    ;[this.#recent, this.#noise, this.#ranges, ...this.#strays].forEach((part, i) => void part.load(nth(others, i)))
    this.#tails.forEach((tail, i) => void tail.load(nth(parts, parts.length - this.#tails.length + i)))
  }
}

const leastFloor = 1e-12
const floorOver = 1e-6

/** The size below which a difference counts as none: a millionth of the usual size. Without it a flat feed would make every tick infinite. */
function floorOf(usualSize: number): number {
  return Math.max(leastFloor, floorOver * usualSize)
}
