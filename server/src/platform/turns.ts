import { setImmediate } from 'node:timers/promises'

// Some milliseconds of work on verdicts.
const itemsPerTurn = 200

/** Maps items like `map`, and gives other requests their turn in between. */
export async function mapInTurns<T, U>(items: readonly T[], map: (item: T) => U): Promise<U[]> {
  const mapped: U[] = []
  for (const item of items) {
    mapped.push(map(item))
    if (mapped.length % itemsPerTurn === 0) await setImmediate()
  }
  return mapped
}
