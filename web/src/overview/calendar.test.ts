import { expect, test } from 'vitest'
import { calendarOf, heatOf } from './calendar.ts'

const at = (date: string) => Date.parse(date)

// 1 January 2021 was a Friday, 2022 a Saturday.
test('two years are newest first, with the first of January in the first column on its weekday', () => {
  const [new2022, old2021] = calendarOf([], [at('2021-01-01T05:00Z'), at('2022-01-02T05:00Z')], 'utc')
  expect([new2022?.year, old2021?.year]).toEqual([2022, 2021])
  expect(new2022?.days).toEqual([
    { at: at('2022-01-01T00:00Z'), column: 0, row: 5, episodes: 0 },
    { at: at('2022-01-02T00:00Z'), column: 0, row: 6, episodes: 0 },
  ])
  expect(old2021?.days).toHaveLength(365)
  expect(old2021?.days[0]).toMatchObject({ column: 0, row: 4 })
  // Monday the 4th begins the second column.
  expect(old2021?.days[3]).toMatchObject({ at: at('2021-01-04T00:00Z'), column: 1, row: 0 })
  expect(old2021?.days.at(-1)).toMatchObject({ column: 52, row: 4 })
  // 1 February was a Monday, five weeks later; 1 December a Wednesday.
  expect([old2021?.months[0], old2021?.months[1], old2021?.months[11]]).toEqual([0, 5, 48])
})

test('episodes are counted on the day that they begin', () => {
  const starts = ['2021-05-19T00:00Z', '2021-05-19T23:59Z', '2021-05-20T00:00Z'].map(at)
  const [year] = calendarOf(starts, [at('2021-05-18T00:00Z'), at('2021-05-21T12:00Z')], 'utc')
  expect(year?.days.map(({ episodes }) => episodes)).toEqual([0, 2, 1, 0])
})

test('a Wednesday afternoon and a Sunday night are counted in their cells', () => {
  const heat = heatOf([Date.parse('2021-05-19T13:30:00Z'), Date.parse('2021-05-23T00:00:00Z')], 'utc')
  expect(heat[2]![13]).toBe(1)
  expect(heat[6]![0]).toBe(1)
  expect(heat.flat().reduce((sum, count) => sum + count)).toBe(2)
})
