import { expect, test } from 'vitest'
import { at, hourMs, verdict } from './example.suite.ts'
import type { Candle } from './series.ts'
import { bounded, centreOn, pan, type View, visibleRange, zoom } from './view.ts'

const candles: Candle[] = Array.from({ length: 500 }, (_, hour) => ({
  at: at(hour),
  ...verdict(hour).bar,
  verdict: null,
}))
const view: View = { span: '1d', range: null, selected: null }

test('one day while following is 24 hours that end two and a half bars after the newest open', () => {
  expect(visibleRange(candles, view, hourMs)).toEqual([at(499 + 2.5 - 24), at(499 + 2.5)])
})

test('all starts before the first bar', () => {
  expect(visibleRange(candles, { ...view, span: 'all' }, hourMs)[0]).toBe(at(-1))
  expect(visibleRange(candles, { ...view, span: 'all' }, hourMs)[1]).toBeGreaterThan(at(500.5))
})

test('a range that the user chose stays', () => {
  expect(visibleRange(candles, { ...view, range: [1, 2] }, hourMs)).toEqual([1, 2])
})

test('"all" centred on a bar zooms in to a week around it', () => {
  expect(centreOn(at(200), candles, { ...view, span: 'all' }, hourMs)).toEqual([at(200 - 84), at(200 + 84)])
})

test('"all" centred on a minute zooms in to 500 of them', () => {
  const minutes = candles.map((candle, minute) => ({ ...candle, at: (at(0) + minute * 60_000) as typeof candle.at }))
  const many = Array.from({ length: 4 }, (_, part) =>
    minutes.map(candle => ({ ...candle, at: (candle.at + part * 500 * 60_000) as typeof candle.at })),
  ).flat()
  const [from, to] = centreOn(many[1_000]!.at, many, { ...view, span: 'all' }, 60_000 as typeof hourMs)
  expect((to - from) / 60_000).toBe(500)
})

test('earlier moves half a window back, and later returns to now', () => {
  const earlier = pan(-1, candles, view, hourMs)
  expect(earlier).toEqual([at(499 + 2.5 - 36), at(499 + 2.5 - 12)])
  expect(pan(1, candles, { ...view, range: earlier }, hourMs)).toBeNull()
})

test('earlier stops one bar before the first', () => {
  expect(pan(-1, candles, { ...view, range: [at(3), at(27)] }, hourMs)).toEqual([at(-1), at(23)])
})

test('zooming while following halves the width and keeps following', () => {
  const near = zoom(0.5, null, candles, view, hourMs)
  expect(near).toMatchObject({ range: null, widthMs: 12 * hourMs })
  expect(visibleRange(candles, near, hourMs)).toEqual([at(499 + 2.5 - 12), at(499 + 2.5)])
})

test('zooming in the past is around the middle, or around the bar under the pointer', () => {
  const past: View = { ...view, range: [at(100), at(140)] }
  expect(zoom(0.5, null, candles, past, hourMs).range).toEqual([at(110), at(130)])
  expect(zoom(0.5, at(110), candles, past, hourMs).range).toEqual([at(105), at(125)])
  expect(zoom(0.5, at(300), candles, past, hourMs).range).toEqual([at(110), at(130)])
})

test('zooming ends at ten bars, and at all bars', () => {
  const past: View = { ...view, range: [at(100), at(112)] }
  expect(zoom(0.5, null, candles, past, hourMs).range).toEqual([at(101), at(111)])
  const [from, to] = visibleRange(candles, { ...view, span: 'all' }, hourMs)
  expect(zoom(1e6, null, candles, past, hourMs).range).toEqual([from, to])
})

test('zooming out near the newest bar shows no empty space beyond it', () => {
  const { range } = zoom(2, null, candles, { ...view, range: [at(470), at(500)] }, hourMs)
  expect(range![1]).toBeLessThanOrEqual(at(503))
  expect(range![1] - range![0]).toBe(60 * hourMs)
})

test('a wheel turned too far shows no more than all bars, and some bars stay visible', () => {
  const [from, to] = visibleRange(candles, { ...view, span: 'all' }, hourMs)
  expect(bounded([at(-9_000), at(9_000)], candles, view, hourMs)).toEqual([from, to])
  expect(bounded([at(900), at(920)], candles, view, hourMs)).toEqual([to - 10 * hourMs, to + 10 * hourMs])
  expect(bounded([at(100), at(140)], candles, view, hourMs)).toEqual([at(100), at(140)])
})
