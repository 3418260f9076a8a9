import { makeRng } from '@candlewatch/core/stats/rng'
import { expect, test } from 'vitest'
import { ascending } from './order.ts'

test.each([0, 1, 2, 49_999, 50_000, 50_001, 170_003])(
  '%i rows come in ascending order, equal ones as they were',
  async length => {
    const rng = makeRng(11)
    const keys = Array.from({ length }, () => Math.floor(rng.uniform() * 1_000))
    const key = (row: number) => keys[row] ?? Number.NaN
    const expected = keys.map((_, row) => row).sort((a, b) => key(a) - key(b) || a - b)
    expect(Array.from(await ascending(length, key))).toEqual(expected)
  },
)

test('other work gets its turn while rows are ordered', async () => {
  let turns = 0
  const count = setInterval(() => turns++, 0)
  await ascending(200_000, row => -row)
  clearInterval(count)
  expect(turns).toBeGreaterThan(3)
})
