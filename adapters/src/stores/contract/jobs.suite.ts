import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { JobClaimant } from '../jobs.ts'
import type { Store } from '../store.ts'

const hourMs = 3_600_000
let names = 0

const ms = (at: number) => Math.round(at) as Ms
const ago = (span: number) => ms(Date.now() - span)
const later = ms(Date.now() + 24 * hourMs)

/** Tests of jobs that every store passes. Times are hours apart, so that no clock matters. */
export function jobContract(storeOf: () => Store): void {
  const claimant = (change: Partial<JobClaimant> = {}): JobClaimant => {
    return { by: 'a', leaseMs: hourMs, graceMs: 12 * hourMs, skipTo: null, ...change }
  }
  const plan = async (nextRun = ago(hourMs), schedule = '0 3 * * *') => {
    const name = `job-${++names}`
    await storeOf().planJob({ name, schedule, nextRun })
    return name
  }
  const job = async (name: string) => (await storeOf().jobs()).find(one => one.name === name)

  describe('jobs', () => {
    test('that are due are claimed by one of many processes, and again only after they have ended', async () => {
      const store = storeOf()
      const nextRun = ago(hourMs)
      const name = await plan(nextRun)
      const claims = await Promise.all(['a', 'b', 'c', 'd'].map(by => store.claimJob(name, claimant({ by }))))
      const [claim, ...others] = claims.filter(one => one !== null)
      expect(others).toEqual([])
      expect(claim).toEqual({ attempt: 1, dueAt: nextRun, isMissed: false, cutOff: null })
      expect(await job(name)).toMatchObject({ isRunning: true, isOverdue: false, nextRun, endedAt: null, missed: 0 })
      expect(await store.renewJob(name, 1, hourMs)).toBe(true)
      expect(await store.endJob(name, 1, { outcome: 'done', result: 'All.', nextRun: later })).toBe(true)
      expect(await job(name)).toMatchObject({ isRunning: false, nextRun: later, outcome: 'done', result: 'All.' })
      expect(await store.claimJob(name, claimant())).toBeNull()
      expect(await store.claimJob('unknown', claimant())).toBeNull()
    })

    test('whose lease has passed are taken over, and the process that had them can neither renew nor end them', async () => {
      const store = storeOf()
      const name = await plan()
      await store.claimJob(name, claimant({ leaseMs: -hourMs }))
      expect(await job(name)).toMatchObject({ isRunning: true, isOverdue: true, runBy: 'a' })
      // Late, but begun in time: it is not missed.
      const claim = await store.claimJob(name, claimant({ by: 'b', graceMs: 0, skipTo: later }))
      expect(claim).toMatchObject({ attempt: 2, cutOff: 'a', isMissed: false })
      expect(await store.renewJob(name, 1, hourMs)).toBe(false)
      expect(await store.endJob(name, 1, { outcome: 'done', result: '', nextRun: later })).toBe(false)
      await store.releaseJob(name, 1)
      expect(await job(name)).toMatchObject({ isRunning: true, runBy: 'b', outcome: null })
    })

    test('that were given back can be claimed at once', async () => {
      const store = storeOf()
      const name = await plan()
      await store.claimJob(name, claimant())
      await store.releaseJob(name, 1)
      expect(await store.renewJob(name, 1, hourMs)).toBe(false)
      expect(await store.claimJob(name, claimant({ by: 'b' }))).toMatchObject({ attempt: 2, cutOff: null })
    })

    test('that were missed are counted, and made up or skipped', async () => {
      const store = storeOf()
      const dueAt = ago(48 * hourMs)
      const [madeUp, skipped] = [await plan(dueAt), await plan(dueAt)]
      expect(await job(madeUp)).toMatchObject({ isOverdue: true, missed: 0, missedAt: null })
      expect(await store.claimJob(madeUp, claimant())).toMatchObject({ attempt: 1, isMissed: true })
      expect(await job(madeUp)).toMatchObject({ missed: 1, missedAt: dueAt, isRunning: true })
      const claims = await Promise.all([1, 2].map(() => store.claimJob(skipped, claimant({ skipTo: later }))))
      expect(claims.filter(one => one !== null)).toEqual([{ attempt: null, dueAt, isMissed: true, cutOff: null }])
      expect(await job(skipped)).toMatchObject({
        missed: 1,
        missedAt: dueAt,
        isRunning: false,
        nextRun: later,
        startedAt: null,
      })
    })

    test('keep their next run when they are planned again, unless the schedule is another', async () => {
      const store = storeOf()
      const nextRun = ago(hourMs)
      const name = await plan(nextRun)
      await store.planJob({ name, schedule: '0 3 * * *', nextRun: later })
      expect(await job(name)).toMatchObject({ nextRun })
      await store.planJob({ name, schedule: '0 4 * * *', nextRun: later })
      expect(await job(name)).toMatchObject({ nextRun: later, schedule: '0 4 * * *' })
    })
  })
}
