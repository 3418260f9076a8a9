import { describe, expect, it } from 'vitest'
import { averagePrecision, recallAt, thresholdAt } from './detection-curve.ts'

describe('average precision', () => {
  it('positives that are first, third and fifth of six give the average precision computed by hand', () => {
    expect(averagePrecision([9, 7, 5], [8, 6, 4])).toBeCloseTo((1 + 2 / 3 + 3 / 5) / 3, 12)
  })

  it('equals are found together, whichever comes first', () => {
    expect(averagePrecision([1], [1, 1, 1])).toBe(0.25)
  })

  it('rows without a score come last, and without positives there is no figure', () => {
    expect(averagePrecision([Number.NaN], [1, 2, 3])).toBe(0.25)
    expect(averagePrecision([], [1])).toBeNull()
  })
})

describe('recall at a false-alarm rate', () => {
  const negatives = Array.from({ length: 1_000 }, (_, i) => i)

  it('one in a thousand may lie above the threshold, no more', () => {
    expect(thresholdAt(0.001, negatives)).toBe(998)
    expect(recallAt(0.001, [998, 998.5, 1_000, Number.NaN], negatives)).toBe(0.5)
  })

  it('with fewer than a thousand, none may lie above', () => {
    expect(recallAt(0.001, [98, 99, 100], negatives.slice(0, 100))).toBeCloseTo(1 / 3, 12)
  })

  it('without positives there is none', () => {
    expect(recallAt(0.001, [], negatives)).toBeNull()
  })
})
