import { first } from '../nth.ts'

// The prior, before the first pair: the two are unrelated, and each is usually half a unit off.
const priorPairs = 20
const priorVariance = 0.25
// Far beyond an ordinary pair, near enough that one broken pair is one among many.
const winsorAt = 6
// Pairs that stand still have no deviation to be measured by.
const leastDeviation = 0.05

/**
 * y as a straight line of x over the last pairs: least squares with weights that halve every `halfLifePairs` pairs. Moments as in
 * Finch, "Incremental calculation of weighted mean and variance", 2009, §9.
 */
export class RunningLine {
  readonly #newest: number
  #pairs = priorPairs
  #meanX = 0
  #meanY = 0
  #varX = priorVariance
  #varY = priorVariance
  #covariance = 0

  constructor(halfLifePairs: number) {
    this.#newest = 1 - 0.5 ** (1 / halfLifePairs)
  }

  /** How far y lies above the line at x, in deviations of what the line leaves unexplained. */
  residual(x: number, y: number): number {
    return (y - this.#meanY - this.#slope * (x - this.#meanX)) / this.#deviation
  }

  get #slope(): number {
    return this.#covariance / this.#varX
  }

  get #deviation(): number {
    const unexplained = this.#varY - this.#slope * this.#covariance
    return Math.max(leastDeviation, Math.sqrt(Math.max(0, unexplained)))
  }

  learn(x: number, y: number): void {
    const newest = Math.max(this.#newest, 1 / ++this.#pairs)
    const dx = held(x - this.#meanX, winsorAt * Math.sqrt(this.#varX))
    const byLine = this.#slope * dx
    const dy = byLine + held(y - this.#meanY - byLine, winsorAt * this.#deviation)
    this.#meanX += newest * dx
    this.#meanY += newest * dy
    this.#varX = floored((1 - newest) * (this.#varX + newest * dx * dx))
    this.#varY = floored((1 - newest) * (this.#varY + newest * dy * dy))
    this.#covariance = (1 - newest) * (this.#covariance + newest * dx * dy)
  }

  save(): readonly number[] {
    return [this.#pairs, this.#meanX, this.#meanY, this.#varX, this.#varY, this.#covariance]
  }

  load(state: readonly number[]): void {
    const [pairs, meanX, meanY, varX, varY, covariance] = first(state, 6)
    this.#pairs = pairs
    this.#meanX = meanX
    this.#meanY = meanY
    this.#varX = varX
    this.#varY = varY
    this.#covariance = covariance
  }
}

const held = (distance: number, most: number) => Math.max(-most, Math.min(most, distance))
const floored = (variance: number) => Math.max(leastDeviation ** 2, variance)
