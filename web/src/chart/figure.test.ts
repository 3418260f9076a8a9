import { expect, test } from 'vitest'
import { anomaly, at, barRow, feedFault, hourMs, marketRow, verdict } from '../state/example.suite.ts'
import { type PageEvent, reduce } from '../state/reduce.ts'
import { initialState } from '../state/state.ts'
import { type Figure, figure } from './figure.ts'
import { type Looks, plainLooks } from './looks.ts'
import { palette } from './palette.suite.ts'
import type { Trace } from './trace.ts'

const size = { width: 1_000, height: 600 }
const hours = (count: number) => Array.from({ length: count }, (_, hour) => hour)
const chosen = { kind: 'market', markets: [marketRow], market: marketRow } as const

function draw(events: readonly PageEvent[], box = size, looks = plainLooks) {
  const state = [chosen, ...events].reduce<typeof initialState>(reduce, initialState)
  return figure(state, palette, box, 'utc', looks)
}

/** How many candles, each of which has a wick, or columns of a pane. */
function count({ paths }: Figure, pane: 'price' | 'volume' | 'p'): number {
  const mark = pane === 'price' ? 'h1V' : 'M'
  return paths.filter(path => path.pane === pane).reduce((sum, { d }) => sum + d.split(mark).length - 1, 0)
}

const withLooks = (overlays: Partial<Looks['overlays']>, style: Looks['style'] = 'auto'): Looks => ({
  style,
  overlays: { ...plainLooks.overlays, ...overlays },
})

function trace(data: readonly Trace[], name: string): Trace & { readonly y: readonly unknown[] } {
  return data.find(one => one.name === name) as ReturnType<typeof trace>
}

const rows = (count: number): PageEvent => ({
  kind: 'rows',
  bars: [],
  verdicts: hours(count).map(hour => verdict(hour)),
})

test('three bars give three candles and a window two days wide that ends just after the next bar', () => {
  const three = draw([rows(3)])
  const { layout } = three
  expect(count(three, 'price')).toBe(3)
  expect(count(three, 'volume')).toBe(3)
  expect(count(three, 'p')).toBe(3)
  // The last bar opens in hour 2; half a bar for the forecast, and one of air.
  expect(layout.xaxis).toMatchObject({ range: [at(4.5 - 48), at(4.5)] })
})

test('the next bar is drawn one bar ahead of the last, with its intervals as boxes', () => {
  const { data, layout } = draw([rows(3)])
  expect(trace(data, 'Next bar')).toMatchObject({ x: [at(3), at(3)], y: [108, 92] })
  expect(layout.shapes).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'rect', x0: at(2.5), x1: at(3.5), y0: 104, y1: 112, fillcolor: 'band-high' }),
      expect.objectContaining({ type: 'rect', x0: at(2.5), x1: at(3.5), y0: 88, y1: 96, fillcolor: 'band-low' }),
    ]),
  )
})

test('the next bar is not shown while the user looks at the past', () => {
  const { data } = draw([rows(300), { kind: 'moved', range: [at(10), at(34)] }])
  expect(trace(data, 'Next bar').x).toEqual([])
})

test('the bands go along the upper edge and back along the lower', () => {
  const { data } = draw([rows(2)])
  const band = trace(data, 'High, 90 % forecast')
  expect(band).toMatchObject({ fill: 'toself', x: [at(0), at(1), at(1), at(0)], y: [112, 112, 104, 104] })
})

test('prices from 88 to 112, including bands, get a margin of 7 % above and below', () => {
  const { yaxis } = draw([rows(3)]).layout as { yaxis: { range: [number, number] } }
  expect(yaxis.range[0]).toBeCloseTo(88 - 1.68)
  expect(yaxis.range[1]).toBeCloseTo(112 + 1.68)
})

test('anomaly and feed fault differ in shape, colour and size', () => {
  const verdicts = [verdict(0, anomaly), verdict(1, feedFault), verdict(2)]
  const marks = trace(draw([{ kind: 'rows', bars: [], verdicts }]).data, 'Anomalies and feed faults')
  expect(marks).toMatchObject({
    x: [at(0), at(1)],
    marker: { symbol: ['star', 'x'], color: ['critical', 'fault'], size: [15, 9] },
  })
})

test('the mark of a low far below its forecast is below the bar', () => {
  const low = { expected: 92, lower: 88, upper: 96, baseline: 95, model: 92, actual: 60, absoluteError: 32 }
  const bar = { open: 100, high: 110, low: 60, close: 100, volume: 5 }
  const { data } = draw([{ kind: 'rows', bars: [], verdicts: [verdict(0, { ...anomaly, low, bar, side: 'low' })] }])
  expect(trace(data, 'Anomalies and feed faults').y[0]).toBeLessThan(60)
})

test('bars without verdicts are drawn, too', () => {
  const two = draw([{ kind: 'rows', bars: [barRow(0), barRow(1)], verdicts: [] }])
  expect(count(two, 'price')).toBe(2)
  expect(trace(two.data, 'High, 90 % forecast').x).toEqual([])
})

test('a visible year is a line of at most 1,200 points, with no more in bands and volume', () => {
  const year = draw([rows(8_760), { kind: 'span', span: 'all' }])
  const { data } = year
  expect(trace(data, 'Price')).toMatchObject({ type: 'scatter', mode: 'lines' })
  expect(trace(data, 'Price').x.length).toBeLessThanOrEqual(1_200)
  expect(trace(data, 'High and low, 90 % forecast').x.length).toBeLessThanOrEqual(1_200)
  expect(count(year, 'volume')).toBeLessThanOrEqual(1_200)
  expect(count(year, 'p')).toBeLessThanOrEqual(1_200)
})

test('a week on a very narrow chart is a line, because candles would be too narrow', () => {
  expect(trace(draw([rows(168)], { width: 300, height: 400 }).data, 'Price').mode).toBe('lines')
  expect(trace(draw([rows(168)]).data, 'Price')).toBeUndefined()
  expect(count(draw([rows(168)]), 'price')).toBe(168)
})

test('half a window is drawn to the left of the visible one, for dragging', () => {
  const day = draw([rows(300), { kind: 'span', span: '1d' }])
  // 299 + 1.5 + 1 ends the window; 24 hours before begins it; 12 more are drawn.
  expect(trace(day.data, 'High, 90 % forecast').x[0]).toBe(at(299 + 2.5 - 24 - 12 + 0.5))
  expect(count(day, 'price')).toBe(34)
})

test('the last price is shown at its height on the right-hand edge, and not at all where it is out of view', () => {
  const price = (events: readonly PageEvent[]) => draw(events).labels.find(({ kind }) => kind === 'price')
  // Prices from 86.32 to 113.68, and 100 in the middle of a pane of 550 pixels less 96 + 64 + 28, twelve below the top.
  expect(price([rows(3)])).toMatchObject({ text: '$100.00' })
  expect(price([rows(3)])!.topPx).toBeCloseTo(12 + 362 / 2)
  const crash = { open: 100, high: 100, low: 10, close: 10, volume: 5 }
  const fallen = verdict(300, { bar: crash })
  expect(
    price([rows(300), { kind: 'moved', range: [at(10), at(34)] }, { kind: 'rows', bars: [], verdicts: [fallen] }]),
  ).toBeUndefined()
})

test('a selected anomaly is marked by a vertical line through the chart', () => {
  const { layout } = draw([rows(300), { kind: 'selected', at: at(50) }])
  expect(layout.shapes).toContainEqual(expect.objectContaining({ x0: at(50), x1: at(50), yref: 'paper' }))
})

test('there is a figure without bars, too', () => {
  const nothing = draw([])
  const { layout } = nothing
  expect(count(nothing, 'price')).toBe(0)
  expect(layout.yaxis).toMatchObject({ range: [0, 1] })
  expect(hourMs).toBe(3_600_000)
})

test('a new bar does not move a view that the user has panned', () => {
  const panned: PageEvent = { kind: 'moved', range: [at(10), at(34)] }
  const before = draw([rows(300), panned]).layout
  const after = draw([rows(300), panned, { kind: 'rows', bars: [], verdicts: [verdict(300, anomaly)] }]).layout
  expect(after.xaxis).toEqual(before.xaxis)
  expect(after.yaxis).toEqual(before.yaxis)
})

test('for a visible year the candles of the server are drawn, followed by the bars since', () => {
  const candles = hours(365).map(day => ({ ...barRow(day * 24), at: at(day * 24), verdict: null }))
  const coarse = { range: [at(0), at(365 * 24)] as const, widthMs: (24 * hourMs) as typeof hourMs, candles }
  const year = draw([rows(8_800), { kind: 'coarse', coarse }, { kind: 'span', span: 'all' }])
  expect(count(year, 'price')).toBe(367)
  expect(count(year, 'p')).toBeLessThanOrEqual(1_200)
  expect(year.candleMs).toBe(24 * hourMs)
})

test('the strips share the plot: p-values below, volume above them, the price on top', () => {
  const { yaxis, yaxis2, yaxis3 } = draw([rows(3)]).layout as Record<string, { domain: [number, number] }>
  expect(yaxis3!.domain[0]).toBe(0)
  expect(yaxis3!.domain[1]).toBeLessThan(yaxis2!.domain[0])
  expect(yaxis2!.domain[1]).toBeLessThan(yaxis!.domain[0])
})

test('a line is drawn when it is chosen, however few the bars', () => {
  const line = draw([rows(3)], size, withLooks({}, 'line'))
  expect(trace(line.data, 'Price').x).toEqual([at(0), at(1), at(2)])
  expect(count(line, 'price')).toBe(0)
})

test('candles are drawn when they are chosen, with several bars to a candle where there are many', () => {
  const candles = draw([rows(2_000), { kind: 'span', span: 'all' }], size, withLooks({}, 'candles'))
  // 2,000 bars on 924 pixels: at most 577 candles, so four bars to each; 2021-05-19T00:00 is a multiple of four hours.
  expect(candles.candleMs).toBe(4 * hourMs)
  expect(count(candles, 'price')).toBe(500)
  expect(trace(candles.data, 'Price')).toBeUndefined()
})

test('the forecast overlay draws the expected high and low of each bar and of the next', () => {
  const { data } = draw([rows(2)])
  expect(trace(data, 'Expected high')).toMatchObject({ x: [at(0), at(1), at(2)], y: [108, 108, 108] })
  expect(trace(data, 'Expected low')).toMatchObject({ y: [92, 92, 92], line: { color: 'forecast-low' } })
  expect(trace(data, 'Naive forecast')).toBeUndefined()
})

test('the naive forecast is drawn on demand: its high, a break, its low', () => {
  const { data } = draw([rows(1)], size, withLooks({ baseline: true, forecast: false }))
  expect(trace(data, 'Naive forecast').y).toEqual([105, 105, null, 95, 95])
  expect(trace(data, 'Expected high')).toBeUndefined()
})

test('forecasts are left out where bars are too narrow, and the figure says so', () => {
  const { data, leftOut } = draw([rows(2_000), { kind: 'span', span: 'all' }], size, withLooks({ baseline: true }))
  expect(leftOut).toEqual(['forecast', 'levels', 'baseline'])
  expect(trace(data, 'Naive forecast')).toBeUndefined()
})

test('averages are right from the left-hand edge on, because bars before it count', () => {
  const { data } = draw([rows(300), { kind: 'span', span: '1d' }], size, withLooks({ averages: true, bollinger: true }))
  const from = at(299 + 2.5 - 24 - 12 + 0.5)
  expect(trace(data, 'Average of 50')).toMatchObject({ line: { color: 'average-slow' } })
  expect(trace(data, 'Average of 50').x[0]).toBe(from)
  expect(trace(data, 'Average of 20').y).toEqual(Array(34).fill(100))
  expect(trace(data, 'Bollinger bands').x[0]).toBe(from)
})

test('a missing bar breaks an average until there are enough bars again', () => {
  const verdicts = hours(60).flatMap(hour => (hour === 30 ? [] : verdict(hour)))
  const { data } = draw([{ kind: 'rows', bars: [], verdicts }], size, withLooks({ averages: true }))
  const { x, y } = trace(data, 'Average of 20')
  expect(x).toEqual([...hours(11).map(hour => at(hour + 19)), at(50), ...hours(10).map(hour => at(hour + 50))])
  expect(y.indexOf(null)).toBe(11)
})

test('a year of averages has no more points than any other line', () => {
  const { data } = draw([rows(8_760), { kind: 'span', span: 'all' }], size, withLooks({ averages: true }))
  expect(trace(data, 'Average of 20').x.length).toBeLessThanOrEqual(1_200)
})

test('averages over candles of the server are computed from those candles, and the figure says so', () => {
  const candles = hours(365).map(day => ({ ...barRow(day * 24), at: at(day * 24), verdict: null }))
  const coarse = { range: [at(0), at(365 * 24)] as const, widthMs: (24 * hourMs) as typeof hourMs, candles }
  const events: PageEvent[] = [rows(8_760), { kind: 'coarse', coarse }, { kind: 'span', span: 'all' }]
  const { data, candleMs } = draw(events, size, withLooks({ averages: true }))
  expect(trace(data, 'Average of 20').x[0]).toBe(at(19 * 24))
  expect(candleMs).toBe(24 * hourMs)
})
