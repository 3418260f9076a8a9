// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { at, verdict } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { judgedRange } from './judged.ts'

const candle = (hour: number, isJudged = true): Candle => {
  const made = verdict(hour)
  return { at: at(hour), ...made.bar, verdict: isJudged ? made : null }
}

test('the judged time starts at the first judged bar, not at warm-up bars; an older episode extends it', () => {
  const candles = [candle(0, false), candle(1), candle(5)]
  expect(judgedRange(candles, null)).toEqual([at(1), at(5)])
  expect(judgedRange(candles, at(-200))).toEqual([at(-200), at(5)])
  expect(judgedRange(candles, at(3))).toEqual([at(1), at(5)])
})

test('there is no judged time before the first verdict', () => {
  expect(judgedRange([candle(0, false)], null)).toBeNull()
  expect(judgedRange([], null)).toBeNull()
})
