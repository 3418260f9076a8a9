import { describe, expect, it } from 'vitest'
import { makeRng } from '../stats/rng.ts'
import { dayMs } from '../time.ts'
import type { Bar, Ms, Verdict } from '../types.ts'
import { makePipeline } from './pipeline.ts'
import { hourMs, steadyModel } from './rehearsal.suite.ts'

const config = { market: 'test:X-USD', intervalMs: hourMs, alarmsPerWeek: 1 } as const
const start = Date.parse('2023-01-02T00:00:00Z')

// Prices of more digits than a forecast shows could lie on its edge and yet outside of it.
const cents = (price: number) => Math.round(100 * price) / 100

/** A stock: weekdays from 14:00 to 21:00 UTC, with a move over each night of twice that of an hour, and busy first hours. */
function stock(days: number, seed: number): Bar[] {
  const rng = makeRng(seed)
  let close = 100
  const weekdays = Array.from({ length: days }, (_, day) => start + day * dayMs).filter(ms => {
    const weekday = new Date(ms).getUTCDay()
    return weekday > 0 && weekday < 6
  })
  return weekdays.flatMap(day =>
    Array.from({ length: 7 }, (_, i) => {
      const isOpening = i === 0
      if (isOpening) close = cents(close * Math.exp(0.02 * rng.normal()))
      const open = close
      const step = isOpening ? 0.006 : 0.003
      const path = Array.from({ length: 12 }, () => {
        close = cents(close * Math.exp(step * rng.normal()))
        return close
      })
      const ts = (day + (15 + i) * hourMs) as Ms
      const volume = (isOpening ? 200 : 100) + 20 * rng.uniform()
      return {
        market: config.market,
        ts,
        seen: ts,
        open,
        high: Math.max(open, ...path),
        low: Math.min(open, ...path),
        close,
        volume,
      }
    }),
  )
}

const isOpening = ({ date }: Verdict) => date.endsWith('T14:00:00Z')
const isWithin = (outcome: Verdict['high']) =>
  outcome !== null && outcome.actual >= outcome.lower && outcome.actual <= outcome.upper
const shareWithin = (verdicts: readonly Verdict[], side: 'high' | 'low') =>
  verdicts.filter(verdict => isWithin(verdict[side])).length / verdicts.length

describe('openings', () => {
  const bars = stock(500, 1)
  const pipeline = makePipeline(config, steadyModel(16))
  const verdicts = bars.map(bar => pipeline.step(bar))
  const judged = verdicts.slice(70)

  it('every bar after ten sessions is judged', () => {
    expect(judged.filter(({ status, fault }) => status === 'warming-up' || fault?.kind === 'gap')).toEqual([])
  })

  it('their ranges hold what they promise, and so do those of the other bars', () => {
    for (const side of ['high', 'low'] as const) {
      const openings = shareWithin(judged.filter(isOpening), side)
      expect(openings).toBeGreaterThan(0.85)
      expect(openings).toBeLessThan(0.95)
      expect(
        shareWithin(
          judged.filter(v => !isOpening(v)),
          side,
        ),
      ).toBeGreaterThan(0.85)
    }
  })

  it('alarms are no more openings than one bar in seven is, give or take', () => {
    const pValues = judged.filter(isOpening).map(({ pValue }) => pValue ?? 1)
    const rare = pValues.filter(pValue => pValue < 0.02).length / pValues.length
    expect(rare).toBeLessThan(0.06)
  })

  it('each verdict names the next opening of the market, and the bar is judged by that forecast', () => {
    judged.forEach((verdict, i) => {
      const before = judged[i - 1]
      if (!before) return
      expect(before.next?.date).toBe(verdict.date)
      expect(verdict.high).toMatchObject({ lower: before.next?.high.lower, upper: before.next?.high.upper })
    })
  })

  it('a bar that comes before the usual opening is judged as an opening too', () => {
    const other = makePipeline(config, steadyModel(16))
    other.load(pipeline.save())
    const last = bars.at(-1) as Bar
    const ts = (last.ts + 16 * hourMs) as Ms
    const early = other.step({ ...last, ts, seen: ts, volume: last.volume + 1 })
    const width = ({ high }: Verdict) => Number(high?.upper) / Number(high?.lower) - 1
    expect(early.status).toBe('normal')
    expect(width(early)).toBeGreaterThan(0.5 * width(judged.findLast(isOpening) as Verdict))
  })

  it('saved at any opening and loaded, the engine goes on to the last byte', () => {
    const straight = makePipeline(config, steadyModel(16))
    const cuts = new Set([70, 76, 77, 78, 120])
    let restored = makePipeline(config, steadyModel(16))
    bars.slice(0, 160).forEach((bar, i) => {
      expect(JSON.stringify(restored.step(bar))).toBe(JSON.stringify(straight.step(bar)))
      if (!cuts.has(i)) return
      const copy = makePipeline(config, steadyModel(16))
      copy.load(restored.save())
      restored = copy
    })
  })
})

describe('the row of features', () => {
  it('a night does not saturate it: the engine forecasts the second bar of a day as if the night had been an hour', () => {
    const pipeline = makePipeline(config, steadyModel(16))
    const widths = stock(200, 2).map(bar => {
      const { next } = pipeline.step(bar)
      return { hour: new Date(bar.ts).getUTCHours(), width: next ? next.high.upper / next.high.expected - 1 : 0 }
    })
    const mean = (hour: number) => {
      const found = widths.slice(140).filter(w => w.hour === hour)
      return found.reduce((sum, { width }) => sum + width, 0) / found.length
    }
    // After the opening bar, which ends at 15:00, and in the middle of the session.
    expect(mean(15) / mean(18)).toBeGreaterThan(0.8)
    expect(mean(15) / mean(18)).toBeLessThan(1.25)
  })
})
