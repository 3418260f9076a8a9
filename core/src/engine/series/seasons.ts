import { nth } from '../../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../../state/bytes.ts'
import { pack, unpack } from '../../state/pack.ts'
import { dayMs } from '../../time.ts'
import { type Best, Contest } from './contest.ts'
import { Season } from './season.ts'
import { winsorAt } from './usual.ts'

const leastRowsPerDay = 4

/** How far from what the same time a day and a week ago made expected, where the rows are at least four a day. */
export class Seasons {
  readonly #seasons = [new Season(dayMs), new Season(7 * dayMs)]
  readonly #contest = new Contest(6, 50)
  #isOn = false

  /** No season before the distance between rows is known. */
  start(intervalMs: number): void {
    this.#isOn = intervalMs <= dayMs / leastRowsPerDay
    for (const season of this.#seasons) season.toleranceMs = intervalMs / 2
  }

  /** In usual misses of the best forecast. */
  score(ts: number, value: number, last: number | null, floor: number): number | null {
    const best = this.#best(this.#forecasts(ts, last), floor)
    return best && Math.abs(value - best.expected) / best.usual
  }

  #best(forecasts: readonly (number | null)[], floor: number): Best | null {
    return this.#isOn ? this.#contest.best(forecasts, floor) : null
  }

  /** For each season: the value then, its profile, and the last value with the profile's change. */
  #forecasts(ts: number, last: number | null): (number | null)[] {
    if (!this.#isOn) return []
    return this.#seasons.flatMap(season => {
      const { then, change } = season.at(ts)
      return [then?.value ?? null, then?.profile ?? null, last === null || change === null ? null : last + change]
    })
  }

  learn(ts: number, value: number, last: number | null, floor: number): void {
    const forecasts = this.#forecasts(ts, last)
    const best = this.#best(forecasts, floor)
    this.#contest.learn(forecasts, value, floor)
    // A strange value must not be expected again a day later, nor must its absence be strange.
    const reach = best ? winsorAt * best.usual : Number.POSITIVE_INFINITY
    const kept = best ? Math.max(best.expected - reach, Math.min(best.expected + reach, value)) : value
    for (const season of this.#seasons) season.learn(ts, kept)
  }

  save(): Uint8Array {
    const parts = [[Number(this.#isOn)], this.#contest.save(), ...this.#seasons.map(season => season.save())]
    return pack(parts.map(floatsToBytes))
  }

  load(state: Uint8Array): void {
    const [isOn = [], contest = [], ...seasons] = unpack(state).map(floatsFromBytes)
    this.#isOn = isOn[0] === 1
    this.#contest.load(contest)
    this.#seasons.forEach((season, i) => void season.load(nth(seasons, i)))
  }
}
