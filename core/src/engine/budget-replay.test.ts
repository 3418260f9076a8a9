import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import type { Bar, Ms, Verdict } from '../types.ts'
import { type Beginning, BudgetReplay } from './budget-replay.ts'
import { makePipeline } from './pipeline.ts'
import { bar, hourMs, quietMarket, steadyModel } from './rehearsal.suite.ts'

const config = { market: 'test:BTC-USD', intervalMs: hourMs, feedShare: 0.1 } as const

/** A market with jumps, bad ticks, a stuck feed and gaps: 2,400 hours, more than some of which were not judged. */
function wildMarket(): Bar[] {
  const rng = makeRng(21)
  return quietMarket(2_400, 20)
    .map((b, i) => {
      if (i % 97 === 50) return { ...b, low: b.low * (1 - 0.03 * rng.uniform()) }
      if (i % 401 === 400) return { ...b, low: b.low / 3 }
      if (i % 601 > 596) return bar(i, { open: b.close, high: b.close, low: b.close, close: b.close, volume: 0 })
      return b
    })
    .filter((_, i) => i % 503 !== 502)
}

/** Judged from the 500th bar on, with another budget from the 1,500th on. */
function judged(budgets: readonly [number, number]): { verdicts: Verdict[]; beginning: Beginning } {
  const pipeline = makePipeline({ ...config, alarmsPerWeek: budgets[0] }, steadyModel(4))
  const bars = wildMarket()
  for (const b of bars.slice(0, 500)) pipeline.warmUp(b)
  const beginning = { model: 'steady@1', ts: bars[499]?.ts as Ms, scores: pipeline.scores }
  const verdicts = bars.slice(500).map((b, i) => {
    pipeline.alarmsPerWeek = i < 1_000 ? budgets[0] : budgets[1]
    return pipeline.step(b)
  })
  return { verdicts, beginning }
}

function replayed(verdicts: readonly Verdict[], beginnings: Beginning[], alarmsPerWeekOf: (v: Verdict) => number) {
  const replay = new BudgetReplay(beginnings, hourMs)
  return verdicts.map(verdict => replay.step(verdict, { alarmsPerWeek: alarmsPerWeekOf(verdict), feedShare: 0.1 }))
}

const summary = ({
  date,
  isAnomaly,
  severity,
  mergeMs,
}: Pick<Verdict, 'date' | 'isAnomaly' | 'severity' | 'mergeMs'>) => [date, isAnomaly, severity, mergeMs].join(' ')

describe('a replay of the budget', () => {
  it('with the budgets of that time it finds exactly the stored alarms again, with their severity', () => {
    const { verdicts, beginning } = judged([2, 8])
    // A database gives them back like this.
    const stored = JSON.parse(JSON.stringify(verdicts)) as Verdict[]
    const found = replayed(stored, [beginning], v => v.alarmsPerWeek)
    expect(found.map(summary)).toEqual(verdicts.map(summary))
    expect(verdicts.filter(v => v.isAnomaly).length).toBeGreaterThan(20)
    const faults = new Set(verdicts.map(v => v.fault?.kind))
    expect(faults).toEqual(new Set([undefined, 'gap', 'flat', 'break', 'bad-tick', 'unlikely']))
  })

  it('with another budget it finds the alarms of the engine under that budget', () => {
    const { verdicts, beginning } = judged([1, 1])
    for (const alarmsPerWeek of [0.2, 6]) {
      const engine = judged([alarmsPerWeek, alarmsPerWeek]).verdicts
      const found = replayed(verdicts, [beginning], () => alarmsPerWeek)
      expect(found.map(summary)).toEqual(engine.map(summary))
    }
  })

  it('another model, or the same one restarted, begins with what it knew then', () => {
    const { verdicts, beginning } = judged([2, 2])
    const again = {
      ...beginning,
      ts: verdicts[999]?.ts as Ms,
      scores: makePipeline({ ...config, alarmsPerWeek: 1 }, steadyModel(4, [])).scores,
    }
    const other = { ...again, model: 'steady@2' }
    const alarms = (beginnings: Beginning[]) =>
      replayed(verdicts, beginnings, () => 2).filter(found => found.isAnomaly).length
    expect(alarms([beginning, other])).toBe(alarms([beginning]))
    expect(alarms([beginning, again])).not.toBe(alarms([beginning]))
  })
})
