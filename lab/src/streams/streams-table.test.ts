import { describe, expect, it } from 'vitest'
import type { StreamFigures } from './stream-figures.ts'
import { streamsHtml } from './streams-html.ts'
import {
  faultsTable,
  marketWideTotals,
  streamsJson,
  streamsMarkdown,
  streamsTable,
  streamsText,
} from './streams-table.ts'

const price = {
  rows: 900,
  ratio: 0.98123,
  interval95: { lower: 0.97, upper: 0.99 },
  against: 'naive',
  engineRatio: 0.99,
  coverage90: 0.9,
  openingCoverage90: 0.8,
  openings: 10,
} as const

const full: StreamFigures = {
  file: 'a.csv',
  market: 'x:A-B',
  interval: '1h',
  model: 'm@1',
  from: '2021-01-01T00:00:00Z',
  to: '2021-03-01T00:00:00Z',
  bars: 1_000,
  warmUpBars: 0,
  judgedShare: 0.995,
  faultsPerWeek: { gap: 0.5, unlikely: 0.25 },
  high: price,
  low: price,
  naiveShare: 0.01,
  budgets: [{ promisedPerWeek: 1, realisedPerWeek: 0.9, realisedOverPromised: 0.9 }],
  levels: { checked: 5_000, broken: 0 },
  alarmsPerWeek: 0.8,
  suspiciousPerWeek: 0.1,
  months: [{ month: '2021-02', alarms: 3 }],
  dispersion: 1.5,
  marketWide: { events: 4, found: 3, foundByControl: 2, controlPerWeek: 1.1 },
}
const empty: StreamFigures = {
  ...full,
  market: 'x:<C>',
  judgedShare: null,
  faultsPerWeek: {},
  high: null,
  low: null,
  naiveShare: null,
  dispersion: null,
  levels: { checked: 5_000, broken: 7 },
  marketWide: null,
}
const troubles = [{ file: 'b.csv', code: 'ERR_CSV_EMPTY', message: 'expected rows' }] as const
const report = { alarmsPerWeek: 1, streams: [full, empty], troubles }

describe('the table of streams', () => {
  it('has a row a stream with as many cells as the head', () => {
    const { head, rows } = streamsTable(report)
    expect(rows.map(row => row.length)).toEqual([head.length, head.length])
    const cells = Object.fromEntries(head.map((name, i) => [name, rows[0]?.[i]]))
    expect(cells).toMatchObject({
      stream: 'x:A-B@1h',
      judged: '99.5 %',
      'faults/wk': '0.75',
      high: '0.981',
      'in 90 %': '90.0 %',
      opens: '80.0 %',
      'r/p 1': '0.90',
      levels: 'all',
      wide: '0.750',
      control: '0.500',
    })
    expect(rows[1]).toContain('−7')
    expect(rows[1]?.filter(cell => cell === '–').length).toBe(11)
  })

  it('faults of each kind have a column', () => {
    expect(faultsTable(report)).toMatchObject({
      head: ['stream', 'gap', 'unlikely'],
      rows: [
        ['x:A-B@1h', '0.50', '0.25'],
        ['x:<C>@1h', '0.00', '0.00'],
      ],
    })
  })

  it('totals are those of the streams that are compared with the market', () => {
    expect(marketWideTotals([empty])).toBeNull()
    const other = {
      ...full,
      marketWide: { events: 6, found: 2, foundByControl: 6, controlPerWeek: 1.3 },
      dispersion: 2,
    }
    const totals = marketWideTotals([full, other, empty])!
    expect(totals).toMatchObject({ streams: 2, events: 10, recall: 0.5, recallOfControl: 0.8, dispersion: 1.75 })
    expect(totals.alarmsPerWeek).toBeCloseTo(0.9, 12)
    expect(totals.controlPerWeek).toBeCloseTo(1.2, 12)
  })

  it('every output names the files that were not judged, and none has a number that is none', () => {
    for (const write of [streamsText, streamsMarkdown, streamsHtml, streamsJson]) {
      for (const one of [report, { ...report, streams: [] }, { ...report, streams: [empty] }]) {
        expect(write(one)).toContain('b.csv')
        expect(write(one)).not.toMatch(/NaN|undefined|Infinity|https?:|<script/)
      }
    }
    expect(streamsHtml(report)).toContain('x:&lt;C&gt;@1h')
  })
})
