import { first } from '../../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../../state/bytes.ts'
import { pack, unpack } from '../../state/pack.ts'

const windowRows = 3_000
// With fewer scores than this their frequency cannot be estimated.
const leastScores = 100
// The level moves slowly; looking for it anew in every row would cost more than all the rest.
const searchEveryRows = 16
const searchSteps = 16
// An episode too many lowers the rate by a fifth until it is paid back, one too few raises it so.
const paceEpisodes = 5
const [leastPace, mostPace] = [1 / 8, 8]

/**
 * From a budget of episodes a row to the score that alarms: the one that would have kept to it over the last 3,000 rows.
 * A past that wanders is no promise of what comes, so that what was spent is counted and the rate corrected by it, as in
 * Gibbs & Candès, NeurIPS 2021: realised and promised episodes stay near each other whatever the scores do.
 */
export class EpisodeBudget {
  #perRow = 0
  #mergeRows = 1
  /** Oldest first. */
  #scores: number[] = []
  /** Episodes promised so far less those spent. */
  #balance = 0
  #sinceAlarm = Number.POSITIVE_INFINITY
  #threshold: number | null = null
  #untilSearch = 0

  /** Spends from here on. Alarms within `mergeRows` are one episode; 0 a row never alarms. */
  start(perRow: number, mergeRows: number): void {
    this.#perRow = perRow
    this.#mergeRows = mergeRows
  }

  /** A score at or above it alarms; null before the start, while too few scores are known, or while the budget is 0. */
  get threshold(): number | null {
    return this.#threshold
  }

  /** Whether an alarm now begins an episode instead of continuing one. */
  get isBetweenEpisodes(): boolean {
    return this.#sinceAlarm > this.#mergeRows
  }

  learn(score: number, isAnomaly: boolean): void {
    this.#scores.push(score)
    if (this.#scores.length > windowRows) this.#scores.shift()
    this.#balance += this.#perRow
    if (isAnomaly && this.isBetweenEpisodes) this.#balance -= 1
    this.#sinceAlarm = isAnomaly ? 1 : this.#sinceAlarm + 1
    if (this.#perRow > 0 && --this.#untilSearch <= 0) this.#search()
  }

  #search(): void {
    if (this.#scores.length < leastScores) return
    this.#untilSearch = searchEveryRows
    const pace = Math.min(mostPace, Math.max(leastPace, Math.exp(this.#balance / paceEpisodes)))
    const due = this.#scores.length * this.#perRow * pace
    const level = this.#levelOf(Math.max(1, Math.round(due)))
    // The rows seen cannot show what is rarer than one episode; but a score is −log₁₀ of a rarity, and so goes on beyond them.
    this.#threshold = level - Math.log10(Math.min(1, due))
  }

  /** The highest score that makes as many episodes as are due, by bisection. */
  #levelOf(due: number): number {
    let low = 0
    let high = Math.max(...this.#scores)
    for (let i = 0; i < searchSteps; i++) {
      const middle = (low + high) / 2
      if (this.#episodesAt(middle) >= due) low = middle
      else high = middle
    }
    return low
  }

  #episodesAt(level: number): number {
    let last = Number.NEGATIVE_INFINITY
    let episodes = 0
    this.#scores.forEach((score, at) => {
      if (score < level) return
      if (at - last > this.#mergeRows) episodes++
      last = at
    })
    return episodes
  }

  save(): Uint8Array {
    const { NaN: none } = Number
    const spent = [this.#balance, this.#sinceAlarm, this.#threshold ?? none, this.#untilSearch]
    return pack([floatsToBytes([this.#perRow, this.#mergeRows, ...spent]), floatsToBytes(this.#scores)])
  }

  load(state: Uint8Array): void {
    const [own, scores] = first(unpack(state).map(floatsFromBytes), 2)
    const [perRow, mergeRows, balance, sinceAlarm, threshold, untilSearch] = first(own, 6)
    this.#perRow = perRow
    this.#mergeRows = mergeRows
    this.#balance = balance
    this.#sinceAlarm = sinceAlarm
    this.#threshold = Number.isNaN(threshold) ? null : threshold
    this.#untilSearch = untilSearch
    this.#scores = scores
  }
}
