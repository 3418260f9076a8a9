import { expect, it } from 'vitest'
import { median } from './median.ts'
import { makeRng } from './rng.ts'

it('the upper median, as sorting finds it, of any length and with duplicates', () => {
  const rng = makeRng(5)
  for (let length = 1; length < 60; length++) {
    const values = Float64Array.from({ length }, () => Math.floor(rng.normal() * 4))
    const sorted = values.toSorted()
    expect(median(values), `length ${length}`).toBe(sorted[length >> 1])
  }
})
