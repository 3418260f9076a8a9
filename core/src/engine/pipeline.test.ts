import { describe, expect, it } from 'vitest'
import { EpisodeTracker } from '../decide/episodes.ts'
import { CandlewatchError } from '../errors.ts'
import type { Bar, Ms, Step, Verdict } from '../types.ts'
import { makePipeline } from './pipeline.ts'
import { areSame, bar, hourMs, quietMarket, steadyModel } from './rehearsal.suite.ts'
import { run } from './run.ts'

const config = { market: 'test:BTC-USD', intervalMs: hourMs, alarmsPerWeek: 1 } as const

const crashAfter = (before: Bar, hour: number): Bar =>
  bar(hour, {
    open: before.close,
    high: before.close,
    low: before.close * 0.9,
    close: before.close * 0.92,
    volume: 900,
  })

describe('pipeline', () => {
  it('warms up until the forecaster has its lookback, says so, then judges', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const verdicts = quietMarket(8, 1).map(b => pipeline.step(b))
    // The first bar has no return, so five bars make four rows.
    expect(verdicts.map(v => v.status)).toEqual([...Array(5).fill('warming-up'), ...Array(3).fill('normal')])
    expect(verdicts[0]).toMatchObject({ pValue: null, high: null, next: null, isAnomaly: false })
    expect(verdicts[3]?.reason).toEqual({ code: 'warming-up', barsNeeded: 1 })
  })

  it('the next forecast of one verdict is what the following verdict judges', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const verdicts = quietMarket(40, 2).map(b => pipeline.step(b))
    for (let i = 5; i < verdicts.length; i++) {
      const { date, high, low } = verdicts[i - 1]?.next ?? {}
      expect(verdicts[i]).toMatchObject({ date, high, low })
    }
  })

  it('a bar that falls ten percent in a quiet market is a critical anomaly of the market lane', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const past = quietMarket(400, 3)
    for (const b of past) pipeline.step(b)
    const verdict = pipeline.step(crashAfter(past.at(-1) as Bar, 400))
    expect(verdict).toMatchObject({
      status: 'anomaly',
      isAnomaly: true,
      lane: 'market',
      severity: 'critical',
      side: 'low',
    })
    expect(verdict.reason).toMatchObject({ code: 'anomaly', side: 'low', expected: verdict.low?.expected })
    expect(verdict.low?.absoluteError).toBeCloseTo((verdict.low?.expected ?? 0) - verdict.bar.low, 2)
  })

  it('a share of 1 turns off the alarms of the market lane, one of 0 those of unlikely rows; learning does not depend on it', () => {
    const bars = quietMarket(600, 4).map((b, i) =>
      i > 400 && i % 60 === 50 ? { ...b, volume: b.volume * 2 ** (i / 60) } : b,
    )
    const judged = (shares: readonly number[]) => {
      const pipeline = makePipeline({ ...config, alarmsPerWeek: 10 }, steadyModel(4))
      const verdicts = bars.map((b, i) => {
        pipeline.feedShare = shares[Math.floor((i * shares.length) / bars.length)] ?? 0.1
        return pipeline.step(b)
      })
      return { verdicts, state: pipeline.save() }
    }
    const [usual, noMarket, noFeed, mixed] = [judged([0.1]), judged([1]), judged([0]), judged([1, 0, 0.1])]
    const kinds = ({ verdicts }: ReturnType<typeof judged>) => new Set(verdicts.map(v => v.fault?.kind ?? v.status))
    expect([...kinds(usual)]).toEqual(expect.arrayContaining(['anomaly', 'unlikely']))
    expect(kinds(noMarket)).not.toContain('anomaly')
    expect(kinds(noFeed)).not.toContain('unlikely')
    expect(noFeed.verdicts.at(-1)).toMatchObject({ feedShare: 0, alarmsPerWeek: 10 })
    expect(mixed.verdicts.at(-1)).toEqual(usual.verdicts.at(-1))
    expect(mixed.state).toEqual(usual.state)
  })

  it('the alarm budget sets how many bars alarm: nothing at one in ten weeks, more at ten a week', () => {
    const alarms = (alarmsPerWeek: number) => {
      const pipeline = makePipeline({ ...config, alarmsPerWeek }, steadyModel(4))
      return quietMarket(1_500, 4)
        .map(b => pipeline.step(b))
        .filter(v => v.isAnomaly).length
    }
    const [few, some, many] = [alarms(0.1), alarms(1), alarms(10)]
    expect(few).toBeLessThanOrEqual(some)
    expect(some).toBeLessThan(many)
    // Ten a week is 6 % of bars; the calibration settles towards it over 1,500.
    expect(many / 1_500).toBeGreaterThan(0.01)
    expect(many / 1_500).toBeLessThan(0.12)
  })

  it('a changed budget counts from the next bar, is stated in the verdict, and does not change the memory', () => {
    const bars = quietMarket(1_500, 4)
    const run = (budgetAt: (i: number) => number) => {
      const pipeline = makePipeline({ ...config, alarmsPerWeek: budgetAt(0) }, steadyModel(4))
      const verdicts = bars.map((b, i) => {
        pipeline.alarmsPerWeek = budgetAt(i)
        return pipeline.step(b)
      })
      return { verdicts, memory: pipeline.save() }
    }
    const [few, many] = [run(() => 1), run(() => 10)]
    const changed = run(i => (i < 700 ? 1 : 10))
    expect(changed.verdicts).toEqual([...few.verdicts.slice(0, 700), ...many.verdicts.slice(700)])
    expect(changed.verdicts.map(v => v.alarmsPerWeek)).toEqual(bars.map((_, i) => (i < 700 ? 1 : 10)))
    expect(few.verdicts.filter(v => v.isAnomaly).length).toBeLessThan(many.verdicts.filter(v => v.isAnomaly).length)
    expect([changed, many].map(({ memory }) => areSame(memory, few.memory))).toEqual([true, true])
  })

  it('an alarm is a bar that reaches a level, whatever the budget, after changes of it, and after a restart', () => {
    const budgets = [1, 20, 0.2, 5, 0, 50]
    let pipeline = makePipeline({ ...config, alarmsPerWeek: 1 }, steadyModel(4))
    const verdicts = quietMarket(1_800, 15).map((b, i) => {
      if (i % 300 === 150) {
        const again = makePipeline({ ...config, alarmsPerWeek: pipeline.alarmsPerWeek }, steadyModel(4))
        again.load(pipeline.save())
        pipeline = again
      }
      pipeline.alarmsPerWeek = budgets[Math.floor(i / 300)] as number
      return pipeline.step(i % 61 === 60 ? { ...b, low: b.low * 0.99, volume: 400 } : b)
    })
    const judged = verdicts.filter(({ high, status }) => high !== null && status !== 'feed-fault')
    const reached = ({ alarmAbove, alarmBelow, bar }: Verdict) =>
      (typeof alarmAbove === 'number' && bar.high >= alarmAbove) ||
      (typeof alarmBelow === 'number' && bar.low <= alarmBelow)
    expect(judged.map(reached)).toEqual(judged.map(({ isAnomaly }) => isAnomaly))
    expect(judged.filter(reached).length).toBeGreaterThan(50)
    const noBudget = judged.filter(({ alarmsPerWeek }) => alarmsPerWeek === 0)
    expect(noBudget.map(({ alarmAbove, alarmBelow }) => [alarmAbove, alarmBelow])).toEqual(
      noBudget.map(() => [null, null]),
    )
  })

  it('a bar at a level alarms, one just short of it does not', () => {
    const past = quietMarket(400, 3)
    const judge = (price: (level: number) => number, side: 'high' | 'low') => {
      const pipeline = makePipeline({ ...config, feedShare: 0 }, steadyModel(4))
      const { next } = past.map(b => pipeline.step(b)).at(-1) as Verdict
      const { close } = past.at(-1) as Bar
      const level = (side === 'high' ? next?.alarmAbove : next?.alarmBelow) as number
      const candle = { open: close, high: close, low: close, close, volume: 900, [side]: price(level) }
      const verdict = pipeline.step(bar(400, candle))
      expect([verdict.alarmAbove, verdict.alarmBelow]).toEqual([next?.alarmAbove, next?.alarmBelow])
      return verdict.status
    }
    expect([judge(x => x, 'high'), judge(x => x - 0.01, 'high')]).toEqual(['anomaly', 'normal'])
    expect([judge(x => x, 'low'), judge(x => x + 0.01, 'low')]).toEqual(['anomaly', 'normal'])
  })

  it('the scores of a model of another interval give p-values, but no level', () => {
    const found = ([hourMs, 60_000] as Ms[]).map(intervalMs => {
      const pipeline = makePipeline(config, { ...steadyModel(4), intervalMs })
      return quietMarket(30, 16)
        .map(b => pipeline.step(b))
        .at(-1) as Verdict
    })
    expect(found.map(({ pValue }) => typeof pValue)).toEqual(['number', 'number'])
    expect(found.map(({ alarmAbove }) => typeof alarmAbove === 'number')).toEqual([true, false])
  })

  it('a merge window of its own stands in the verdicts; without one it follows from the budget', () => {
    const mergeMsOf = (of: { alarmsPerWeek: number; mergeMs?: Ms }) =>
      makePipeline({ ...config, ...of }, steadyModel(4)).step(quietMarket(1, 1)[0] as Bar).mergeMs
    expect(mergeMsOf({ alarmsPerWeek: 1 })).toBe(6 * hourMs)
    expect(mergeMsOf({ alarmsPerWeek: 20 })).toBe(0.84 * hourMs)
    expect(mergeMsOf({ alarmsPerWeek: 20, mergeMs: hourMs })).toBe(hourMs)
  })

  it('a bar after a gap is a feed fault with the missing bars named, never an anomaly', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const past = quietMarket(20, 5)
    for (const b of past) pipeline.step(b)
    const verdict = pipeline.step(crashAfter(past.at(-1) as Bar, 23))
    expect(verdict).toMatchObject({ status: 'feed-fault', lane: 'feed', isAnomaly: false, pValue: null, high: null })
    expect(verdict.reason).toEqual({ code: 'gap', missing: 3, intervalMs: hourMs })
  })

  it('a market with sessions is judged from one to the next: after the first night there is no gap and no warm-up', () => {
    const pipeline = makePipeline(config, steadyModel(16))
    const isOpen = (b: Bar) => new Date(b.ts).getUTCHours() >= 15 && new Date(b.ts).getUTCHours() < 22
    const verdicts = quietMarket(24 * 30, 5)
      .filter(isOpen)
      .map(b => pipeline.step(b))
    expect(verdicts.filter(v => v.status === 'feed-fault')).toHaveLength(1)
    expect(verdicts.slice(24).filter(v => v.status === 'warming-up')).toEqual([])
    // The next forecast is that of the next opening.
    const last = verdicts.findLast(v => v.date.endsWith('T20:00:00Z'))
    expect(last?.next?.date).toBe(new Date(Number(last?.ts) + 17 * hourMs).toISOString().replace('.000', ''))
  })

  it('with a calendar of its hours the first night is no gap either', () => {
    const sessions = [
      { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], open: '14:30', close: '21:00' },
    ] as const
    const calendar = { timeZone: 'UTC', sessions, holidays: [], earlyCloses: [] }
    const pipeline = makePipeline({ ...config, calendar }, steadyModel(4))
    const isOpen = (b: Bar) => new Date(b.ts).getUTCHours() >= 15 && new Date(b.ts).getUTCHours() < 22
    const verdicts = quietMarket(24 * 10, 5)
      .filter(isOpen)
      .map(b => pipeline.step(b))
    expect(verdicts.filter(v => v.status === 'feed-fault')).toEqual([])
  })

  it('after a gap longer than the lookback it warms up again', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    for (const b of quietMarket(20, 6)) pipeline.step(b)
    const later = quietMarket(60, 7)
      .slice(30)
      .map(b => pipeline.step(b))
    expect(later.slice(0, 5).map(v => v.status)).toEqual([
      'feed-fault',
      'warming-up',
      'warming-up',
      'warming-up',
      'normal',
    ])
  })

  it('a bar out of order is refused and not learned', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    const past = quietMarket(20, 8)
    for (const b of past) pipeline.step(b)
    const before = pipeline.save()
    expect(() => pipeline.step(past[10] as Bar)).toThrow(CandlewatchError)
    expect(() => pipeline.step(past[10] as Bar)).toThrow(
      'Expected a bar after 2021-01-01T19:00:00Z, got 2021-01-01T10:00:00Z',
    )
    expect(pipeline.save()).toEqual(before)
  })

  it('saved after any bar and loaded into a new engine, it gives the same verdicts to the last byte', () => {
    const bars = quietMarket(200, 9)
    const straight = makePipeline(config, steadyModel(4))
    const expected = bars.map(b => JSON.stringify(straight.step(b)))
    for (const cut of [1, 3, 5, 6, 120]) {
      const first = makePipeline(config, steadyModel(4))
      for (const b of bars.slice(0, cut)) first.step(b)
      const second = makePipeline(config, steadyModel(4))
      second.load(first.save())
      expect(bars.slice(cut).map(b => JSON.stringify(second.step(b)))).toEqual(expected.slice(cut))
    }
  })

  it('the memory of another version is refused by its code, and nothing is changed', () => {
    const pipeline = makePipeline(config, steadyModel(4))
    for (const b of quietMarket(20, 14)) pipeline.step(b)
    const before = pipeline.save()
    const other = before.slice()
    // Four bytes of length, then the layout's number.
    other[4] = 1
    expect(() => pipeline.load(other)).toThrow(expect.objectContaining({ code: 'ERR_SNAPSHOT_LAYOUT' }))
    expect(pipeline.save()).toEqual(before)
  })

  it('warmed up on the past, it has a forecast for the first bar', () => {
    const bars = quietMarket(30, 10)
    const pipeline = makePipeline(config, steadyModel(4))
    for (const b of bars.slice(0, 25)) pipeline.warmUp(b)
    expect(pipeline.step(bars[25] as Bar)).toMatchObject({ status: 'normal', pValue: expect.any(Number) })
  })

  it('warmed up or judged, it has learned the same to the last byte: the gate, the ranges, gaps and faults too', () => {
    const bars = quietMarket(400, 15)
    const past = bars.flatMap((b, i) => {
      if (i === 100 || i === 101) return []
      if (i === 150) return [{ ...b, high: b.high * 10 }]
      return [i > 200 && i < 208 ? { ...b, open: b.close, high: b.close, low: b.close } : b]
    })
    const [judged, warmed] = [makePipeline(config, steadyModel(4)), makePipeline(config, steadyModel(4))]
    const verdicts = past.map(b => judged.step(b))
    for (const b of past) warmed.warmUp(b)
    const faults = new Set(verdicts.flatMap(({ fault }) => (fault ? [fault.kind] : [])))
    expect([...faults].sort()).toEqual(expect.arrayContaining(['bad-tick', 'flat', 'gap']))
    expect(verdicts.at(-1)?.skill?.reason.code).toBe('model-better')
    expect(areSame(warmed.save(), judged.save())).toBe(true)
  })

  it('a future bar changes no verdict before it', () => {
    const bars = quietMarket(60, 11)
    const wild = bars.map((b, i) => (i < 50 ? b : { ...b, high: b.high * 2, volume: 1e9 }))
    const verdicts = (rows: Bar[]) => {
      const pipeline = makePipeline(config, steadyModel(4))
      return rows.map(b => pipeline.step(b)).slice(0, 50)
    }
    expect(verdicts(wild)).toEqual(verdicts(bars))
  })
})

describe('verdict', () => {
  it('two intervals of one market that close together have ids of their own', () => {
    const idOf = (intervalMs: Ms) =>
      makePipeline({ ...config, intervalMs }, steadyModel(4)).step(quietMarket(1, 1)[0] as Bar).id
    expect(idOf(hourMs)).not.toBe(idOf((4 * hourMs) as Ms))
  })
})

describe('run', () => {
  const judge = () => ({ pipeline: makePipeline(config, steadyModel(4)), episodes: new EpisodeTracker() })

  it('hands every step to the sink, in order, in batches of the size asked for', async () => {
    const batches: (readonly Step[])[] = []
    const bars = quietMarket(25, 12)
    const sink = { write: async (batch: readonly Step[]) => void batches.push(batch) }
    await run(bars, judge(), sink, 10)
    expect(batches.map(b => b.length)).toEqual([10, 10, 5])
    expect(batches.flat().map(s => s.bar)).toEqual(bars)
    expect(batches.flat().every(s => s.verdict.ts === s.bar.ts)).toBe(true)
  })

  it('a sink that rejects stops it there', async () => {
    let writes = 0
    const sink = {
      async write() {
        writes++
        throw new Error('disk full')
      },
    }
    await expect(run(quietMarket(25, 13), judge(), sink, 10)).rejects.toThrow('disk full')
    expect(writes).toBe(1)
  })
})

describe('absurd numbers', () => {
  it('every number of a verdict is finite after flat weeks and jumps over the whole range of prices', () => {
    const pipeline = makePipeline({ market: 'test:BTC-USD', intervalMs: hourMs, alarmsPerWeek: 1 }, steadyModel())
    const candles = [
      ...Array.from({ length: 60 }, (_, i) => (i % 2 ? [1e-12, 1e15] : [1e15, 1e-12])),
      ...Array.from({ length: 700 }, () => [100, 100]),
      ...Array.from({ length: 60 }, (_, i) => (i % 2 ? [1e-12, 1e15] : [1e15, 1e-12])),
    ] as [number, number][]
    const said = candles.map(([open, close], i) =>
      pipeline.step(
        bar(i, { open, high: Math.max(open, close), low: Math.min(open, close), close, volume: i % 3 ? 1e20 : 0 }),
      ),
    )
    // JSON has no NaN and no infinity: it writes null.
    expect(said.filter(({ next }) => JSON.stringify(next)?.includes(':null'))).toEqual([])
    expect(said.filter(({ high, low }) => JSON.stringify([high, low]).includes(':null'))).toEqual([])
  })
})
