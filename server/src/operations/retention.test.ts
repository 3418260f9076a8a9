import type { Ms } from '@candlewatch/core/types'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeLog } from '../platform/log.ts'
import { startRetention } from './retention.ts'

const log = makeLog('silent')
const clock = { now: () => Date.now() as Ms }

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21) })
})
afterEach(() => {
  vi.useRealTimers()
})

test('years are dropped at the start and every day, and a failure does not end this', async () => {
  const dropYears = vi.fn<(before: Ms) => Promise<number[]>>().mockRejectedValueOnce(new Error('lock timeout'))
  const info = vi.spyOn(log, 'info')
  const warn = vi.spyOn(log, 'warn')
  dropYears.mockResolvedValue([2019])
  const end = startRetention({ days: 30, dropYears, clock, log })
  await vi.advanceTimersByTimeAsync(0)
  expect(warn).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(2 * 86_400_000)
  expect(dropYears.mock.calls).toEqual([22, 23, 24].map(day => [Date.UTC(2026, 9, day)]))
  expect(info).toHaveBeenCalledWith({ year: 2019, retentionDays: 30 }, expect.stringContaining('2019'))
  await end()
  await vi.advanceTimersByTimeAsync(2 * 86_400_000)
  expect(dropYears).toHaveBeenCalledTimes(3)
})

test('nothing is dropped without a number of days', async () => {
  const dropYears = vi.fn()
  const end = startRetention({ days: undefined, dropYears, clock, log })
  await vi.advanceTimersByTimeAsync(3 * 86_400_000)
  await end()
  expect(dropYears).not.toHaveBeenCalled()
})
