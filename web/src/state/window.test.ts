import { expect, test } from 'vitest'
import { at, hourMs, verdict } from './example.ts'
import type { Candle } from './tape.ts'
import { centreOn, pan, type View, visibleRange } from './window.ts'

const candles: Candle[] = Array.from({ length: 500 }, (_, hour) => ({
  at: at(hour),
  ...verdict(hour).bar,
  verdict: null,
}))
const view: View = { span: '1d', range: null, selected: null }

test('one day, following: 24 hours that end two and a half bars after the newest opened', () => {
  expect(visibleRange(candles, view, hourMs)).toEqual([at(499 + 2.5 - 24), at(499 + 2.5)])
})

test('all: from before the first bar', () => {
  expect(visibleRange(candles, { ...view, span: 'all' }, hourMs)[0]).toBeGreaterThan(at(-12))
  expect(visibleRange(candles, { ...view, span: 'all' }, hourMs)[1]).toBeGreaterThan(at(500.5))
})

test('what the user chose by hand stays', () => {
  expect(visibleRange(candles, { ...view, range: [1, 2] }, hourMs)).toEqual([1, 2])
})

test('"all" centred on a bar zooms in to a week around it', () => {
  expect(centreOn(at(200), candles, { ...view, span: 'all' }, hourMs)).toEqual([at(200 - 84), at(200 + 84)])
})

test('earlier moves half a window back, and later returns to now', () => {
  const earlier = pan(-1, candles, view, hourMs)
  expect(earlier).toEqual([at(499 + 2.5 - 36), at(499 + 2.5 - 12)])
  expect(pan(1, candles, { ...view, range: earlier }, hourMs)).toBeNull()
})

test('earlier stops one bar before the first', () => {
  expect(pan(-1, candles, { ...view, range: [at(3), at(27)] }, hourMs)).toEqual([at(-1), at(23)])
})
