import { expect, test } from 'vitest'
import { rankOf } from './rank.ts'

test('how much of its own past is less strange, in as many digits as tell rare from rarer', () => {
  expect([0.0004998, 0.004, 0.0996, 0.25, 1].map(rankOf)).toEqual([
    'rarer than 99.95 %',
    'rarer than 99.6 %',
    'rarer than 90.0 %',
    'rarer than 75 %',
    'rarer than 0 %',
  ])
})
