import type { Standing } from '../forecast/prices.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { Extreme } from '../stats/extreme.ts'
import type { Bar, FaultReason } from '../types.ts'

type Break = Extract<FaultReason, { readonly code: 'break' }>

const memoryBars = 2_000
// In 350,000 hours of 13 series no open was further from the close before it than 0.51 S within a session.
const leastJump = 1
// A market whose opens do not continue its closes, as a thin one, is measured by its own largest jump.
const timesLargest = 3
// Until so many bars are known the largest jump means little: then only one that no ordinary bar moves counts.
const leastBars = 100
const farJump = 6

/**
 * Opens that do not continue the close before them: a decimal point, another unit or currency, rows of another market.
 * The row is not believed. Where the next one continues it, the new level holds; else it was one broken row.
 */
export class Breaks {
  readonly #largest = new Extreme(memoryBars, 'highest')
  #bars = 0
  /** The close of the last row if it broke away; null otherwise. */
  #brokenClose: number | null = null
  /** False after a row that was not believed: its close is not where the market was. */
  #isContinued = true

  /** The fault of a bar that opens far from the close before it; null for any other, and for one after closed hours. */
  fault(bar: Bar, standing: Standing): Break | null {
    if (standing.isOpening || !this.#isContinued) return null
    const jump = jumpOf(bar, standing)
    if (jump <= this.#limit) return null
    const fromBroken =
      this.#brokenClose === null
        ? Number.POSITIVE_INFINITY
        : jumpOf(bar, { close: this.#brokenClose, scale: standing.scale })
    // Back at the old level, but for the move of the bar whose prices are not known.
    if (this.#brokenClose !== null && jump <= farJump && jump < fromBroken) return null
    const isNewLevel = fromBroken <= this.#limit
    const previousClose = standing.close
    return { code: 'break', open: bar.open, previousClose, jump, largestBefore: this.#largest.value ?? 0, isNewLevel }
  }

  /** By how much the prices of the past are to be multiplied so that they stand at the level of the last row. */
  rescaling({ close }: Standing): number {
    return this.#brokenClose === null ? 1 : this.#brokenClose / close
  }

  /** A bar that was believed. */
  learn(bar: Bar, standing: Standing): void {
    const isAdjacent = this.#isContinued && this.#brokenClose === null
    if (!standing.isOpening && isAdjacent) this.#learnJump(jumpOf(bar, standing))
    this.#brokenClose = null
    this.#isContinued = true
  }

  /** A bar that was not. */
  learnFault(bar: Bar, fault: FaultReason): void {
    const isBreak = fault.code === 'break'
    // At most the limit: one change of units must not hide the next one.
    if (isBreak && fault.isNewLevel) this.#learnJump(Math.min(fault.jump, this.#limit))
    this.#brokenClose = isBreak && !fault.isNewLevel ? bar.close : null
    this.#isContinued = isBreak || fault.code === 'gap'
  }

  get #limit(): number {
    const limit = Math.max(leastJump, timesLargest * (this.#largest.value ?? 0))
    return this.#bars < leastBars ? Math.max(farJump, limit) : limit
  }

  #learnJump(jump: number): void {
    this.#largest.learn(jump)
    this.#bars = Math.min(this.#bars + 1, leastBars)
  }

  save(): Uint8Array {
    const flags = [this.#bars, this.#brokenClose ?? 0, this.#isContinued ? 1 : 0]
    return floatsToBytes([...flags, ...this.#largest.save()])
  }

  load(state: Uint8Array): void {
    const [bars = 0, brokenClose = 0, isContinued = 1, ...largest] = floatsFromBytes(state)
    this.#bars = bars
    this.#brokenClose = brokenClose || null
    this.#isContinued = isContinued === 1
    this.#largest.load(largest)
  }
}

/** |log(open / close before)| in units of S. */
function jumpOf({ open }: Bar, { close, scale }: Pick<Standing, 'close' | 'scale'>): number {
  return Math.abs(Math.log(open / close)) / scale
}
