import type { Ms } from '@candlewatch/core/types'
import { expect, test, vi } from 'vitest'
import { retentionJob } from './retention.ts'

const clock = { now: () => Date.UTC(2026, 10, 21) as Ms }
const { signal } = new AbortController()

test('years that ended more than the given days ago are dropped, and the result names them', async () => {
  const dropYears = vi.fn<(before: Ms) => Promise<number[]>>().mockResolvedValueOnce([2018, 2019]).mockResolvedValue([])
  const job = retentionJob({ days: 30, dropYears, clock })
  expect(await job.run(signal)).toBe('Bars and verdicts of 2018, 2019 were dropped.')
  expect(await job.run(signal)).toBe('No year ended more than 30 days ago.')
  expect(dropYears.mock.calls).toEqual([[Date.UTC(2026, 9, 22)], [Date.UTC(2026, 9, 22)]])
})

test('a failure is the result of the run', async () => {
  const job = retentionJob({ days: 30, dropYears: () => Promise.reject(new Error('lock timeout')), clock })
  await expect(job.run(signal)).rejects.toThrow('lock timeout')
})
