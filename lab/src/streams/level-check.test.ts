import { exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import { hourMs } from '@candlewatch/core/time'
import type { Bar, Market, Ms, Verdict } from '@candlewatch/core/types'
import { describe, expect, it } from 'vitest'
import { syntheticHours } from '../report/rehearsal.suite.ts'
import { LevelCheck } from './level-check.ts'

const [one] = syntheticHours(1).bars
const forecast = { by: 'model', high: null, low: null } as unknown as NonNullable<Verdict['next']>

/** A bar of a high of 110 and a low of 90 at this hour. */
function verdict(hour: number, change: Partial<Verdict> = {}): Verdict {
  const ts = ((hour + 1) * hourMs) as Ms
  const bar: Bar = { ...(one as Bar), market: 'x:A-B' as Market, ts, open: 100, high: 110, low: 90, close: 100 }
  return exampleVerdict(bar, change)
}

const named = (hour: number, alarmAbove: number | null, alarmBelow: number | null) => ({
  ...forecast,
  date: new Date(hour * hourMs).toISOString().replace('.000Z', 'Z'),
  alarmAbove,
  alarmBelow,
})

function counted(...verdicts: Verdict[]) {
  const { checked, broken } = verdicts.reduce((check, next) => {
    check.add(next)
    return check
  }, new LevelCheck())
  return { checked, broken }
}

describe('alarm and level', () => {
  it.each([
    ['reached from below, an alarm', { alarmAbove: 110, isAnomaly: true }, 0],
    ['reached from above, an alarm', { alarmBelow: 90, isAnomaly: true }, 0],
    ['not reached, no alarm', { alarmAbove: 110.1, alarmBelow: 89.9 }, 0],
    ['no levels, no alarm', {}, 0],
    ['reached, no alarm', { alarmAbove: 110 }, 1],
    ['not reached, an alarm', { alarmAbove: 111, isAnomaly: true }, 1],
  ])('%s', (_, change, broken) => {
    expect(counted(verdict(0, change))).toEqual({ checked: 1, broken })
  })

  it('the levels that were named before the bar count, and the verdict must repeat them', () => {
    const before = verdict(0, { next: named(1, 110, null) })
    expect(counted(before, verdict(1, { alarmAbove: 110, isAnomaly: true })).broken).toBe(0)
    expect(counted(before, verdict(1, { alarmAbove: 109, isAnomaly: true })).broken).toBe(1)
    // Those of another bar say nothing of this one.
    expect(counted(before, verdict(2, { alarmAbove: 120 })).broken).toBe(0)
  })

  it('a feed fault is not checked', () => {
    expect(counted(verdict(0, { status: 'feed-fault', alarmAbove: 110 }))).toEqual({ checked: 0, broken: 0 })
  })
})
