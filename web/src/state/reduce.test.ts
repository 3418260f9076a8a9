import { isoDate } from '@candlewatch/core/interval'
import { expect, test } from 'vitest'
import { anomaly, at, barRow, feedFault, hourMs, marketRow, replay, verdict } from './example.suite.ts'
import { type PageEvent, reduce } from './reduce.ts'
import { initialState, type State } from './state.ts'

function after(...events: PageEvent[]): State {
  return events.reduce(reduce, initialState)
}

const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
const week = { kind: 'rows', bars: hours(0, 168).map(hour => barRow(hour)), verdicts: [] } as const

test('choosing a market sets the length of a bar to its interval', () => {
  const row = { ...marketRow, interval: '15m' }
  expect(after({ kind: 'market', markets: [row], market: row }).intervalMs).toBe(900_000)
})

test('a bar and then its verdict give one candle with both', () => {
  const state = after(
    { kind: 'rows', bars: [barRow(0)], verdicts: [] },
    { kind: 'rows', bars: [], verdicts: [verdict(0)] },
  )
  expect(state.series.candles).toHaveLength(1)
  expect(state.series.candles[0]).toMatchObject({ at: at(0), high: 110, verdict: { status: 'normal' } })
})

test('a verdict without its bar adds the bar', () => {
  const state = after({ kind: 'rows', bars: [], verdicts: [verdict(0)] })
  expect(state.series.candles[0]).toMatchObject({ open: 100, high: 110, low: 90, close: 100, volume: 5 })
})

test('the same verdict twice, as after a reconnection, is counted once', () => {
  const rows = { kind: 'rows', bars: [], verdicts: [verdict(0, anomaly)] } as const
  const state = after(rows, rows)
  expect(state.series.tally).toMatchObject({ judged: 1, anomalies: 1, compared: 1, modelError: 2, baselineError: 5 })
  expect(state.series.alarms).toHaveLength(1)
})

test('an event does not modify the previous state', () => {
  const before = after({ kind: 'rows', bars: [barRow(0)], verdicts: [] })
  reduce(before, { kind: 'rows', bars: [barRow(1)], verdicts: [verdict(1, feedFault)] })
  expect(before.series.candles).toHaveLength(1)
  expect(before.series.tally.feedFaults).toBe(0)
})

test('a lost connection keeps the time of the last message', () => {
  const state = after(
    { kind: 'connection', connection: 'live', heardAt: 1_000 },
    { kind: 'connection', connection: 'lost', heardAt: null },
  )
  expect(state).toMatchObject({ connection: 'lost', heardAt: 1_000 })
})

test('panning ends following, "back to now" and a new span resume it', () => {
  const moved = after(week, { kind: 'moved', range: [at(10), at(20)] })
  expect(moved.view.range).toEqual([at(10), at(20)])
  expect(reduce(moved, { kind: 'now' }).view.range).toBeNull()
  expect(reduce(moved, { kind: 'span', span: '1d' }).view).toMatchObject({ span: '1d', range: null })
})

test('bars that arrive while the user looks elsewhere leave the view alone', () => {
  const state = after(
    week,
    { kind: 'moved', range: [at(10), at(20)] },
    { kind: 'rows', bars: [barRow(168)], verdicts: [] },
  )
  expect(state.view.range).toEqual([at(10), at(20)])
})

test('a selected anomaly is centred, with its panel open', () => {
  const state = after(week, { kind: 'span', span: '1d' }, { kind: 'selected', at: at(100) })
  const [from, to] = state.view.range!
  expect((from + to) / 2).toBe(at(100))
  expect(to - from).toBe(24 * hourMs)
  expect(state).toMatchObject({ view: { selected: at(100) }, inspected: null })
})

test('nothing changes while the pointer stays on the same bar', () => {
  const state = after({ kind: 'inspected', at: at(1) })
  expect(reduce(state, { kind: 'inspected', at: at(1) })).toBe(state)
})

test('a failure is kept until the rows have arrived', () => {
  const failed = after({ kind: 'failed', failure: 'No answer.' })
  expect(failed).toMatchObject({ phase: 'failed', failure: 'No answer.' })
  expect(reduce(failed, { kind: 'ready' })).toMatchObject({ phase: 'ready', failure: null })
})

test('a replay change replaces the previous one, and an older one that arrives late is ignored', () => {
  const newest = replay({ state: 'paused', revision: 2 })
  const state = after({ kind: 'replay', replay: replay() }, { kind: 'replay', replay: newest })
  expect(state.replay).toEqual(newest)
  expect(reduce(state, { kind: 'replay', replay: replay({ revision: 1 }) })).toBe(state)
  const another = replay({ id: '2' })
  expect(reduce(state, { kind: 'replay', replay: another }).replay).toEqual(another)
})

test('replaying past bars closes the open bar and moves the chart back from elsewhere', () => {
  const market = { kind: 'market', markets: [marketRow], market: marketRow } as const
  const moved = { kind: 'moved', range: [at(100), at(120)] } as const
  const looking = after(market, week, { kind: 'picked', at: at(110) }, moved)
  const back = (to: number) => reduce(looking, { kind: 'replay', replay: replay({ at: isoDate(at(to)) }) })
  expect(back(50).view).toMatchObject({ selected: null, range: null })
  expect(back(105).view).toMatchObject({ selected: null, range: [at(100), at(120)] })
  expect(back(115).view).toBe(looking.view)
  expect(reduce(back(50), { kind: 'selected', at: at(60) })).toEqual(back(50))
  expect(reduce(back(50), { kind: 'selected', at: at(40) }).view.selected).toBe(at(40))
})
