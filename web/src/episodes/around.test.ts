import { expect, test } from 'vitest'
import { at, hourMs, verdict } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { aroundOf } from './around.ts'

const candle = (hour: number, change: Partial<Candle> = {}): Candle => {
  const made = verdict(hour)
  return { at: at(hour), ...made.bar, verdict: made, ...change }
}

// From 88 to 112 over 104 − 8 pixels: four a dollar. Three bars over 300 pixels.
const frame = { width: 300, height: 104 }

test('three bars are each a hundred wide, the middle one is marked, and ranges of high and low are behind them', () => {
  const drawn = aroundOf(
    [0, 1, 2].map(hour => candle(hour)),
    at(1),
    hourMs,
    frame,
  )
  expect(drawn.marked).toEqual({ x: 100, width: 100 })
  // From its high of 110 to its low of 90; open and close are both 100.
  expect(drawn.up.startsWith('M50 12V92M18 52h64v1h-64z')).toBe(true)
  expect(drawn.down).toBe('')
  expect(drawn.highBand).toBe('M50 4L150 4L250 4L250 36L150 36L50 36')
  expect(drawn.lowBand).toBe('M50 68L150 68L250 68L250 100L150 100L50 100')
  expect(drawn.prices).toEqual([
    { price: 90, y: 92 },
    { price: 100, y: 52 },
    { price: 110, y: 12 },
  ])
})

test('a bar that fell is another path; a missing bar leaves a hole', () => {
  const drawn = aroundOf([candle(0), candle(2, { open: 104, close: 96 })], at(2), hourMs, frame)
  expect(drawn.up).toContain('M50 12V92')
  expect(drawn.down).toBe('M250 12V92M218 36h64v32h-64z')
  expect(drawn.marked).toEqual({ x: 200, width: 100 })
})

test('bars without a forecast have no ranges, and a range far wider than the prices is cut off', () => {
  const plain = aroundOf([candle(0, { verdict: null })], at(0), hourMs, frame)
  expect([plain.highBand, plain.lowBand]).toEqual(['', ''])
  const made = verdict(0)
  const wild = { ...made, high: { ...made.high!, upper: 1_000 } }
  // Half of 20 above 110.
  expect(aroundOf([candle(0, { verdict: wild })], at(0), hourMs, frame).prices.at(-1)?.price).toBe(120)
})
