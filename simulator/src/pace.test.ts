import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makePace } from './pace.ts'

function paced(everyMs: number) {
  const now = { value: 1_000 }
  return { now, pace: makePace({ now: () => now.value as Ms }, everyMs) }
}

test('the first row is due at once, the next one gap later', () => {
  const { now, pace } = paced(1_000)
  expect([pace.due(), pace.waitMs()]).toEqual([1, 0])
  pace.sent(1)
  expect([pace.due(), pace.waitMs()]).toEqual([0, 1_000])
  now.value += 999
  expect([pace.due(), pace.waitMs()]).toEqual([0, 1])
  now.value += 1
  expect(pace.due()).toBe(1)
})

test('gaps of 1 ms and timers that come 0.2 ms late: 5,000 rows take 5,000 ms, not a fifth more', () => {
  const { now, pace } = paced(1)
  let sent = 0
  while (sent < 5_000) {
    const due = Math.min(pace.due(), 100, 5_000 - sent)
    pace.sent(due)
    sent += due
    now.value += pace.waitMs() + 0.2
  }
  // The last row is due after 4,999 gaps.
  expect(now.value - 1_000).toBeGreaterThanOrEqual(4_999)
  expect(now.value - 1_000).toBeLessThan(5_001)
})

test('eleven rows are due at once after a delay of ten gaps', () => {
  const { now, pace } = paced(50)
  now.value += 500
  expect(pace.due()).toBe(11)
})

test('after speeding up, the next row waits no longer than the new gap; after slowing down, due rows stay due', () => {
  const { now, pace } = paced(10_000)
  pace.sent(1)
  pace.every(100)
  expect(pace.waitMs()).toBe(100)
  now.value += 100
  expect(pace.due()).toBe(1)
  pace.sent(1)
  pace.every(10_000)
  expect(pace.waitMs()).toBe(100)
})

test('no rows have piled up after running at full speed and slowing down again', () => {
  const { now, pace } = paced(0)
  expect([pace.due(), pace.waitMs()]).toEqual([Infinity, 0])
  now.value += 60_000
  pace.sent(100)
  pace.every(1_000)
  expect(pace.due()).toBe(1)
})

test('one row is due after a pause, not all that would have been due meanwhile', () => {
  const { now, pace } = paced(10)
  now.value += 60_000
  pace.restart()
  expect(pace.due()).toBe(1)
})
