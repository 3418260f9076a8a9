import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { type Coarse, extended, mostBars, needsCoarse, serves } from './coarse.ts'
import { at, hourMs } from './example.ts'
import { type Candle, emptyTape, extendTape, tapeUntil } from './tape.ts'

const candle = (hour: number, high = 110): Candle => ({
  ...{ at: at(hour), open: 100, high, low: 90, close: 100, volume: 5, verdict: null },
})
const tape = extendTape(emptyTape, [candle(0), candle(1), candle(2, 130), candle(3), candle(4)])
const coarse: Coarse = { range: [at(-10), at(2)], widthMs: (2 * hourMs) as Ms, candles: [candle(-2), candle(0)] }

test('bars in memory, and not too many of them: no candles of the server’s', () => {
  expect(needsCoarse(tape, [at(0), at(4)], hourMs, at(0))).toBe(false)
  expect(needsCoarse(tape, [at(-2 * mostBars), at(4)], hourMs, at(0))).toBe(false)
})

test('thousands of bars, or some that are not in memory: the server’s candles', () => {
  expect(needsCoarse(tape, [at(-2 * mostBars), at(4)], hourMs, at(-2 * mostBars))).toBe(true)
  expect(needsCoarse(tape, [at(-5), at(4)], hourMs, at(-5))).toBe(true)
})

test('candles of a far wider range would be steps: they do not serve', () => {
  expect(serves(coarse, [at(-10), at(2)], at(-10), at(2))).toBe(true)
  expect(serves(coarse, [at(-1), at(0)], at(-10), at(2))).toBe(false)
  expect(serves(coarse, [at(-20), at(2)], at(-20), at(2))).toBe(false)
})

test('bars that came since go on after the server’s candles, two to a candle', () => {
  const candles = extended(coarse, tape)
  expect(candles.map(one => one.at)).toEqual([at(-2), at(0), at(2), at(4)])
  expect(candles[2]).toMatchObject({ high: 130, volume: 10 })
  expect(candles[3]).toMatchObject({ volume: 5 })
})

test('the past that is watched again: no candle of the server’s knows a bar that is still to come', () => {
  const seen = (hour: number) => extended(coarse, tapeUntil(tape, at(hour)))
  expect(seen(2).map(one => one.at)).toEqual([at(-2), at(0), at(2)])
  expect(seen(2).at(-1)).toMatchObject({ high: 130, volume: 5 })
  expect(seen(0).at(-1)).toMatchObject({ at: at(0), volume: 5 })
  expect(
    extended({ ...coarse, candles: [candle(0), candle(2, 130), candle(4)] }, tapeUntil(tape, at(1))),
  ).toMatchObject([{ at: at(0), high: 110, volume: 10 }])
  expect(extended(coarse, emptyTape)).toEqual([])
})
