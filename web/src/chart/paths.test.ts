import { expect, test } from 'vitest'
import { at, barRow, hourMs } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { palette } from './palette.suite.ts'
import { scaleOf } from './panes.ts'
import { candlePaths, columnPaths } from './paths.ts'

// 76 pixels go to the margins left and right, 50 to those above and below: ten pixels an hour, two a dollar.
const scale = scaleOf({ width: 276, height: 150 }, [0, 1], [at(0), at(20)], [75, 125])
const candle = (hour: number, change: Partial<Candle> = {}): Candle => ({
  ...barRow(hour),
  at: at(hour),
  verdict: null,
  ...change,
})

test('a candle from 95 to 105 between 90 and 110 has a wick one pixel wide and a body of seven by twenty', () => {
  const [rose, fell] = candlePaths([candle(5, { open: 95, close: 105 })], hourMs, scale, palette)
  expect(rose).toMatchObject({ d: 'M50,30h1V70h-1ZM47,40h7v20h-7Z', fill: 'up', pane: 'price' })
  expect(fell).toMatchObject({ d: '', fill: 'down' })
})

test('a body with equal open and close is still a pixel high', () => {
  expect(candlePaths([candle(5)], hourMs, scale, palette)[0]!.d).toContain('M47,50h7v1h-7Z')
})

test('wick and body are still a pixel high when nothing moved', () => {
  const flat = { open: 100, high: 100, low: 100, close: 100 }
  expect(candlePaths([candle(5, flat)], hourMs, scale, palette)[0]!.d).toBe('M50,50h1V51h-1ZM47,50h7v1h-7Z')
})

test('a candle of less than two pixels is only its wick', () => {
  expect(candlePaths([candle(5)], hourMs / 10, scale, palette)[0]!.d).toBe('M50,30h1V70h-1Z')
})

test('columns start at the bottom of their pane, and those of one colour are one path', () => {
  const columns = [
    { at: at(1), value: 100, fill: 'grey' },
    { at: at(2), value: 125, fill: 'red' },
    { at: at(3), value: 75, fill: 'grey' },
  ]
  expect(columnPaths(columns, hourMs, scale, 'volume')).toEqual([
    { name: 'volume', pane: 'volume', fill: 'grey', d: 'M7,100V50h7V100ZM27,100V99h7V100Z' },
    { name: 'volume', pane: 'volume', fill: 'red', d: 'M17,100V0h7V100Z' },
  ])
})
