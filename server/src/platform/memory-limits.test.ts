import { expect, test } from 'vitest'
import { memoryLimits } from './memory-limits.ts'

const mega = 2 ** 20

test('a larger heap allows more event streams and unread bytes, the latter up to 64 MB', () => {
  expect(memoryLimits(256 * mega)).toMatchObject({ listeners: 1_024, unreadBytes: 32 * mega })
  expect(memoryLimits(4_096 * mega)).toMatchObject({ listeners: 16_384, unreadBytes: 64 * mega })
})
