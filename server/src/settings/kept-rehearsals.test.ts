import type { Rehearsal } from '@candlewatch/api/budget'
import { expect, test, vi } from 'vitest'
import { btc } from '../serving.suite.ts'
import { keptRehearsals } from './kept-rehearsals.ts'
import type { RehearsalAsked } from './rehearsal.ts'

const asked = (alarmsPerWeek: number): RehearsalAsked => ({ ...btc, fromMs: null, toMs: null, alarmsPerWeek })
const wanted = () => true

/** Rehearsals that end when they are told to. */
function rehearsals() {
  let [underWay, most] = [0, 0]
  const ends: (() => void)[] = []
  const run = vi.fn(async ({ alarmsPerWeek }: RehearsalAsked) => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise<void>(resolve => ends.push(resolve))
    underWay -= 1
    return { alarmsPerWeek } as Rehearsal
  })
  return { run, most: () => most, ends }
}

async function endAll(ends: (() => void)[], count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await vi.waitFor(() => expect(ends.length).toBeGreaterThan(0))
    ends.shift()?.()
  }
}

test('rehearsals run one at a time, and too many are refused', async () => {
  const { run, most, ends } = rehearsals()
  const rehearse = keptRehearsals(run, async () => 'state')
  const all = Promise.allSettled(Array.from({ length: 12 }, (_, i) => rehearse(asked(i), wanted)))
  await endAll(ends, 8)
  const results = await all
  expect(results.filter(one => one.status === 'fulfilled')).toHaveLength(8)
  expect(results.find(one => one.status === 'rejected')).toMatchObject({ reason: { code: 'ERR_BUSY' } })
  expect(most()).toBe(1)
})

test('the same question is computed once while nothing has changed', async () => {
  const { run, ends } = rehearsals()
  let state = 'one'
  const rehearse = keptRehearsals(run, async () => state)
  const first = [rehearse(asked(1), wanted), rehearse(asked(1), wanted)]
  await endAll(ends, 1)
  await Promise.all(first)
  await rehearse(asked(1), wanted)
  expect(run).toHaveBeenCalledOnce()
  state = 'two'
  const again = rehearse(asked(1), wanted)
  await endAll(ends, 1)
  expect(await again).toEqual({ alarmsPerWeek: 1 })
  expect(run).toHaveBeenCalledTimes(2)
})

test('a rehearsal that nobody waits for any more is left out, and can be asked for again', async () => {
  const { run, ends } = rehearsals()
  const rehearse = keptRehearsals(run, async () => 'state')
  let isWanted = true
  const first = rehearse(asked(1), wanted)
  const second = rehearse(asked(2), () => isWanted)
  second.catch(() => undefined)
  await vi.waitFor(() => expect(run).toHaveBeenCalledOnce())
  isWanted = false
  await endAll(ends, 1)
  await first
  await expect(second).rejects.toMatchObject({ code: 'ERR_BUSY' })
  const again = rehearse(asked(2), wanted)
  await endAll(ends, 1)
  expect(await again).toEqual({ alarmsPerWeek: 2 })
})

test('a failure is not kept', async () => {
  const run = vi.fn<(asked: RehearsalAsked) => Promise<Rehearsal>>()
  run.mockRejectedValueOnce(new Error('connection lost')).mockResolvedValueOnce({ alarmsPerWeek: 1 } as Rehearsal)
  const rehearse = keptRehearsals(run, async () => 'state')
  await expect(rehearse(asked(1), wanted)).rejects.toThrow('connection lost')
  expect(await rehearse(asked(1), wanted)).toEqual({ alarmsPerWeek: 1 })
})
