import { expect, test } from 'vitest'
import { memoryLimits } from './memory-limits.ts'

const mega = 2 ** 20

test('a larger heap allows more of everything, but at most 64 MB of unread events', () => {
  expect(memoryLimits(256 * mega)).toEqual({
    listeners: 1_024,
    unreadBytes: 32 * mega,
    bodyBytes: 5_368_709,
    rows: 10_922,
  })
  expect(memoryLimits(4_096 * mega)).toMatchObject({ listeners: 16_384, unreadBytes: 64 * mega, rows: 174_762 })
})
