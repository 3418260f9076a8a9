import type { Coverage } from '@candlewatch/api/coverage'
import { expect, test } from 'vitest'
import { cellsOf, runsOf } from './cells.ts'

type Stretch = Coverage['stretches'][number]

const day = (n: number) => `2021-01-0${n}T00:00:00Z`
const stretch = (n: number, bars: number, change: Partial<Stretch> = {}): Stretch => ({
  date: day(n),
  expected: 24,
  bars,
  imported: 0,
  anomalies: 0,
  faults: 0,
  ...change,
})
const coverage = (stretches: readonly Stretch[], change: Partial<Coverage> = {}): Coverage => ({
  market: 'a:b',
  interval: '1h',
  bars: 48,
  first: day(1),
  last: day(5),
  missing: 0,
  gaps: [],
  moreGaps: false,
  imported: null,
  width: '1d',
  stretches,
  ...change,
})

test('a part without data is a cell, too, in which bars are missing', () => {
  const cells = cellsOf(coverage([stretch(1, 24), stretch(2, 20), stretch(5, 24, { faults: 1 })]))
  expect(cells.map(({ date, kind, expected }) => [Date.parse(date), kind, expected])).toEqual([
    [Date.parse(day(1)), 'whole', 24],
    [Date.parse(day(2)), 'part', 24],
    [Date.parse(day(3)), 'none', 24],
    [Date.parse(day(4)), 'none', 24],
    [Date.parse(day(5)), 'whole', 24],
  ])
  expect(cells[0]).toMatchObject({ from: Date.parse(day(1)), to: Date.parse(day(2)) })
})

test('no bars are missing between imported rows and the first bar', () => {
  const stretches = [stretch(1, 0, { expected: 0, imported: 24 }), stretch(4, 24)]
  const cells = cellsOf(coverage(stretches, { first: day(4), last: day(5) }))
  expect(cells.map(({ kind, expected }) => [kind, expected])).toEqual([
    ['imported', 0],
    ['none', 0],
    ['none', 0],
    ['whole', 24],
  ])
  expect(runsOf(cells)).toEqual([
    { x: 0, width: 250, bars: 0, imported: 1, isHoled: false },
    { x: 250, width: 500, bars: 0, imported: 0, isHoled: false },
    { x: 750, width: 250, bars: 1, imported: 0, isHoled: false },
  ])
})

test('there are no cells without data', () => {
  expect(cellsOf(coverage([]))).toEqual([])
})

test('neighbouring cells that look alike are joined, and missing bars stay visible, however few', () => {
  const stretches = [
    stretch(1, 24),
    stretch(2, 24, { faults: 2 }),
    stretch(3, 23),
    stretch(4, 12),
    stretch(5, 0, { imported: 24 }),
  ]
  expect(runsOf(cellsOf(coverage(stretches)))).toEqual([
    { x: 0, width: 400, bars: 1, imported: 0, isHoled: false },
    { x: 400, width: 200, bars: 0.85, imported: 0, isHoled: true },
    { x: 600, width: 200, bars: 0.5, imported: 0, isHoled: true },
    { x: 800, width: 200, bars: 0, imported: 1, isHoled: false },
  ])
})
