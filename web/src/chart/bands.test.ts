import { expect, test } from 'vitest'
import { at, candle } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { ofBoth, ofHigh, outline } from './bands.ts'

test('a bar without a forecast splits the band in two', () => {
  const { x, y } = outline([candle(0), candle(1, null), candle(2)], ofHigh)
  expect(x).toEqual([at(0), at(0), null, at(2), at(2)])
  expect(y).toEqual([112, 104, null, 112, 104])
})

test('two bars in one slice give the widest of both', () => {
  const wide = candle(1)
  const high = { ...wide.verdict!.high!, upper: 120 }
  const wider: Candle = { ...wide, verdict: { ...wide.verdict!, high } }
  expect(outline([candle(0), wider], ofBoth, 2)).toEqual({ x: [at(0), at(0)], y: [120, 88] })
})
