import { known } from '../nth.ts'
import { dayMs, weekMs } from '../time.ts'

// A cell is one byte: a leading 1, then a bit a week, the newest last; 1 where a bar came. 1 alone = nothing known.
const nothingKnown = 1
const weeksKept = 7
const newestBits = (1 << weeksKept) - 1

/** Which times of the week had bars in each of the last seven weeks. Times are openings of bars, UTC. */
export class WeekRecord {
  readonly #cellMs: number
  #cells: Uint8Array

  constructor(cellMs: number) {
    this.#cellMs = cellMs
    this.#cells = new Uint8Array(weekMs / cellMs).fill(nothingKnown)
  }

  learn(openMs: number, came: boolean): void {
    const i = this.#indexOf(openMs)
    const bits = (known(this.#cells[i]) << 1) | (came ? 1 : 0)
    this.#cells[i] = bits > 0xff ? (bits & newestBits) | (1 << weeksKept) : bits
  }

  /**
   * True unless bars were absent at that time in most of the weeks known, or, where none is, on most other days of
   * the week. Where nothing is known a bar is expected.
   */
  expects(openMs: number): boolean {
    const own = this.#at(openMs)
    if (own !== nothingKnown) return 2 * cameIn(own) >= weeksIn(own)
    let [days, came] = [0, 0]
    for (let day = 1; day < 7; day++) {
      const other = this.#at(openMs - day * dayMs)
      if (other === nothingKnown) continue
      days++
      came += other & 1
    }
    return 2 * came >= days
  }

  /** True where the newest bar of that time of the week came; false where it did not, or where none is known. */
  cameLast(openMs: number): boolean {
    const bits = this.#at(openMs)
    return bits !== nothingKnown && (bits & 1) === 1
  }

  /** True where some time of the week had no bar in any of two weeks or more. */
  get hasClosedCells(): boolean {
    return this.#cells.some(bits => weeksIn(bits) >= 2 && cameIn(bits) === 0)
  }

  /** The share of the week in which bars are expected. */
  get expectedShare(): number {
    let expected = 0
    for (let i = 0; i < this.#cells.length; i++) if (this.expects(i * this.#cellMs)) expected++
    return expected / this.#cells.length
  }

  save(): Uint8Array {
    return this.#cells.slice()
  }

  load(state: Uint8Array): void {
    this.#cells = state.slice()
  }

  #at(openMs: number): number {
    return known(this.#cells[this.#indexOf(openMs)])
  }

  #indexOf(openMs: number): number {
    return Math.floor((((openMs % weekMs) + weekMs) % weekMs) / this.#cellMs)
  }
}

const weeksIn = (bits: number) => 31 - Math.clz32(bits)

function cameIn(bits: number): number {
  let [count, rest] = [0, bits]
  for (; rest > 1; rest >>= 1) count += rest & 1
  return count
}
