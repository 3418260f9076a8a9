import { expect, test } from 'vitest'
import { timeTicks } from './ticks.ts'

const at = (date: string) => Date.parse(`${date}Z`)

test('a day has ticks at hours, the date at midnight, and the year once', () => {
  const { text } = timeTicks([at('2021-05-18T20:00'), at('2021-05-19T10:00')], 6, 'utc')
  expect(text).toEqual(['21:00<br>2021', '19 May', '03:00', '06:00', '09:00'])
})

test('a year has ticks at months, and the new year has its number', () => {
  const { at: where, text } = timeTicks([at('2021-10-10T00:00'), at('2022-03-01T00:00')], 8, 'utc')
  expect(text).toEqual(['Nov<br>2021', 'Dec', 'Jan<br>2022', 'Feb', 'Mar'])
  expect(where[2]).toBe(at('2022-01-01T00:00'))
})
