import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { Hits } from './rate-limit-store.ts'

test('counts within a window and begins anew after it', () => {
  const now = { value: 0 }
  const hits = new Hits({ now: () => now.value as Ms }, 100)
  expect([1, 2, 3].map(() => hits.increment('a').totalHits)).toEqual([1, 2, 3])
  hits.decrement('a')
  now.value = 99
  expect(hits.get('a')?.totalHits).toBe(2)
  now.value = 100
  expect(hits.get('a')).toBeUndefined()
  expect(hits.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(200) })
})

test('a million addresses: no more than the most are kept, the newest', () => {
  const hits = new Hits({ now: () => 0 as Ms }, 100, 1_000)
  for (let i = 0; i < 1_000_000; i++) hits.increment(`address ${i}`)
  expect(hits.size).toBe(1_000)
  expect(hits.get('address 999999')?.totalHits).toBe(1)
  expect(hits.get('address 0')).toBeUndefined()
})
