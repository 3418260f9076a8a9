import { setImmediate } from 'node:timers/promises'

// Some ten milliseconds of comparing: others get their turn in between.
const rowsPerTurn = 50_000

/** Returns the numbers 0 to `length` − 1 by ascending `keyOf`; equal keys keep their order. It yields while it works. */
export async function ascending(length: number, keyOf: (row: number) => number): Promise<Uint32Array> {
  let rows = Uint32Array.from({ length }, (_, row) => row)
  let other = new Uint32Array(length)
  for (let from = 0; from < length; from += rowsPerTurn) {
    rows.subarray(from, from + rowsPerTurn).sort((a, b) => keyOf(a) - keyOf(b) || a - b)
    await setImmediate()
  }
  for (let width = rowsPerTurn; width < length; width *= 2) {
    for (let from = 0; from < length; from += 2 * width) {
      await merge(rows, other, from, Math.min(from + width, length), Math.min(from + 2 * width, length), keyOf)
    }
    ;[rows, other] = [other, rows]
  }
  return rows
}

/** Merges the sorted rows from `from` and from `middle` on into `into`. */
async function merge(
  rows: Uint32Array,
  into: Uint32Array,
  from: number,
  middle: number,
  to: number,
  keyOf: (row: number) => number,
): Promise<void> {
  let [left, right] = [from, middle]
  for (let i = from; i < to; i++) {
    const [a, b] = [rows[left], rows[right]]
    const isLeft = left < middle && a !== undefined && (right >= to || b === undefined || keyOf(a) <= keyOf(b))
    into[i] = (isLeft ? a : b) ?? 0
    if (isLeft) left += 1
    else right += 1
    if (i % rowsPerTurn === 0) await setImmediate()
  }
}
