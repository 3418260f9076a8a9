import { describe, expect, it } from 'vitest'
import type { JudgedRow } from './judged-rows.ts'
import { figuresOf, joinPeer } from './report.ts'

const hourMs = 3_600_000

function row(
  openMs: number,
  actual: number,
  expected: Record<string, number>,
  by: JudgedRow['by'] = 'model',
): JudgedRow {
  const price = {
    actual,
    lower: 95,
    upper: 105,
    expected: { engine: 100, model: 100, naive: 102, lastHighLow: 90, ...expected },
  }
  return { openMs, by, high: price, low: price }
}

describe('figures', () => {
  const newYear = Date.UTC(2022, 0, 1)
  const rows = [
    row(newYear - 2 * hourMs, 104, {}),
    row(newYear - hourMs, 106, { engine: 102 }, 'naive'),
    row(newYear, 100, {}),
  ]

  it('errors, ratio, coverage and drivers are as computed by hand', () => {
    const { high, low, drivers } = figuresOf(rows).forecast
    // Misses: engine 4, 4, 0; model 4, 6, 0; naive 2, 4, 2; last high 14, 16, 10.
    expect(high.mae).toBeCloseTo(8 / 3, 12)
    expect(high.rmse).toBeCloseTo(Math.sqrt(32 / 3), 12)
    expect(high.model.mae).toBeCloseTo(10 / 3, 12)
    expect(high.model.ratio).toBeCloseTo(10 / 8, 12)
    expect(high.model.lessNaive.mean).toBeCloseTo(2 / 3, 12)
    expect(high.baselines.naive).toMatchObject({ ratio: 1, rows: 3 })
    expect(high.baselines.lastHigh?.mae).toBeCloseTo(40 / 3, 12)
    expect(low.baselines.lastLow?.mae).toBeCloseTo(40 / 3, 12)
    expect(high.coverage90).toBeCloseTo(2 / 3, 12)
    expect(drivers).toEqual({ model: 2, naive: 1 })
  })

  it('three hours are too few weeks for an interval', () => {
    expect(figuresOf(rows).forecast.high.lessNaive.interval95).toBeNull()
  })

  it('years and months are cut at midnight UTC', () => {
    const { byPeriod, months } = figuresOf(rows)
    expect(byPeriod.map(p => [p.period, p.rows])).toEqual([['2021', 2], ['2022', 1]]) // biome-ignore format: pairs
    expect(months.map(m => [m.month, m.rows, m.high.coverage90])).toEqual([['2021-12', 2, 0.5], ['2022-01', 1, 1]]) // biome-ignore format: triples
  })

  it('a peer is scored on the rows it has, and the naive forecast on the same rows', () => {
    const byOpen = new Map([[newYear, { high: 101, low: 97 }]])
    expect(figuresOf(rows).forecast.high.peers).toEqual({})
    const joined = figuresOf(joinPeer(rows, { name: 'trees', byOpen })).forecast
    // On that row the naive forecast misses by 2, the model by 0, the peer by 1 and 3.
    expect(joined.high.peers.trees).toMatchObject({ rows: 1, mae: 1, ratio: 0.5, modelLessPeer: { rows: 1, mean: -1 } })
    expect(joined.low.peers.trees).toMatchObject({ rows: 1, mae: 3, ratio: 1.5, modelLessPeer: { rows: 1, mean: -3 } })
  })

  it('an error that is smaller by one in every week gives an interval of one value', () => {
    const weeks = Array.from({ length: 6 }, (_, i) => row(newYear + i * 168 * hourMs, 103, { model: 103, naive: 102 }))
    expect(figuresOf(weeks).forecast.high.model.lessNaive.interval95).toEqual({ lower: -1, upper: -1 })
  })
})
