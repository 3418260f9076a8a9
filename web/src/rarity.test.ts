import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { rarity } from './rarity.ts'

const hour = 3_600_000 as Ms

test.each([
  // 1 / 0.0005 = 2,000 hours = 11.9 weeks.
  [0.0005, 'about once in 12 weeks'],
  // 168 hours.
  [1 / 168, 'about once a week'],
  // 50 hours.
  [0.02, 'about once in 2 days'],
  [0.5, 'about once in 2 hours'],
  [1, 'about once an hour'],
  // 100,000 hours = 11.4 years.
  [0.00001, 'about once in 11 years'],
  [0, 'stranger than any bar before'],
])('p = %f of hourly bars: %s', (pValue, words) => {
  expect(rarity(pValue, hour)).toBe(words)
})

test('no opinion, no words', () => {
  expect(rarity(null, hour)).toBeNull()
})
