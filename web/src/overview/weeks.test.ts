import { expect, test } from 'vitest'
import { at, verdict } from '../state/example.suite.ts'
import type { Candle } from '../state/series.ts'
import { columnsOf, weeksOf } from './weeks.ts'

const day = (date: string) => Date.parse(`${date}T00:00:00Z`)
const judged = (date: string, alarmsPerWeek: number): Candle => {
  const made = verdict(0, { alarmsPerWeek })
  return { ...made.bar, at: day(date) as Candle['at'], verdict: made }
}

// 17 May 2021 was a Monday.
test('weeks go from Monday to Monday, including those without an episode; Sunday night belongs to the week before', () => {
  const starts = [day('2021-05-17'), day('2021-05-23') + 86_399_000, day('2021-05-31')]
  const weeks = weeksOf(starts, [day('2021-05-19'), day('2021-06-02')], [], 'utc')
  expect(weeks.map(({ from, episodes }) => [new Date(from).toISOString().slice(0, 10), episodes])).toEqual([
    ['2021-05-17', 2],
    ['2021-05-24', 0],
    ['2021-05-31', 1],
  ])
})

test('each week has the budget of its last bar, and weeks before the first known budget have that one', () => {
  const candles = [judged('2021-05-25', 2), judged('2021-05-28', 3), judged('2021-06-08', 1)]
  const weeks = weeksOf([], [day('2021-05-17'), day('2021-06-08')], candles, 'utc')
  expect(weeks.map(({ budget }) => budget)).toEqual([2, 3, 3, 1])
  expect(weeksOf([], [at(0), at(1)], [], 'utc')).toMatchObject([{ budget: null }])
})

test('five weeks in two columns are averages of the two oldest and of the other three', () => {
  const starts = ['2021-05-03', '2021-05-04', '2021-05-10', '2021-05-17', '2021-05-31'].map(day)
  const columns = columnsOf(weeksOf(starts, [day('2021-05-03'), day('2021-06-01')], [], 'utc'), 2)
  expect(columns).toMatchObject([
    { from: day('2021-05-03'), to: day('2021-05-17'), weeks: 2, episodes: 3, perWeek: 1.5 },
    { from: day('2021-05-17'), to: day('2021-06-07'), weeks: 3, episodes: 2 },
  ])
  expect(columns[1]?.perWeek).toBeCloseTo(2 / 3)
  expect(columnsOf([], 10)).toEqual([])
})
