import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { RateLimitStore } from './rate-limit-store.ts'

test('counts within a window and starts again after it', () => {
  const now = { value: 0 }
  const counts = new RateLimitStore({ now: () => now.value as Ms }, 100)
  expect([1, 2, 3].map(() => counts.increment('a').totalHits)).toEqual([1, 2, 3])
  counts.decrement('a')
  now.value = 99
  expect(counts.get('a')?.totalHits).toBe(2)
  now.value = 100
  expect(counts.get('a')).toBeUndefined()
  expect(counts.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(200) })
})

test('of a million addresses only the newest are kept, up to the maximum', () => {
  const counts = new RateLimitStore({ now: () => 0 as Ms }, 100, 1_000)
  for (let i = 0; i < 1_000_000; i++) counts.increment(`address ${i}`)
  expect(counts.size).toBe(1_000)
  expect(counts.get('address 999999')?.totalHits).toBe(1)
  expect(counts.get('address 0')).toBeUndefined()
})
