import { expect, test } from 'vitest'
import { date, integer, interval, market, parseDate, words } from './fields.ts'

const faultOf = (schema: typeof interval | typeof date | typeof market, value: unknown) =>
  schema.safeParse(value, { reportInput: true }).error?.issues[0]?.message

test('an interval becomes milliseconds, up to a month', () => {
  expect(['1s', '90m', '1h', '7d', '1w', '1M'].map(text => interval.parse(text))).toEqual([
    1_000, 5_400_000, 3_600_000, 604_800_000, 604_800_000, 2_629_746_000,
  ])
  for (const text of ['', '5', '0h', '31d', '2M', '1H']) {
    expect(faultOf(interval, text)).toBe(
      `Expected an interval such as 1m, 1h, 1d or 1w, at most 1M, a month, found "${text}".`,
    )
  }
})

test('a message names what was found', () => {
  expect(faultOf(date, undefined)).toMatch(/found nothing\.$/)
  expect(faultOf(market, ['a:b'])).toMatch(/^Expected venue:INSTRUMENT, .*, found an array\.$/)
  expect(faultOf(date, 5)).toMatch(/found 5\.$/)
  expect(integer(1, 9).safeParse('ten', { reportInput: true }).error?.issues[0]?.message).toMatch(
    /^Expected a whole number from 1 to 9, found /,
  )
})

test('dates are read with a zone and without, and dates that do not exist are refused', () => {
  const noon = Date.UTC(2021, 4, 19, 12)
  for (const text of [
    '2021-05-19T12:00:00Z',
    '2021-05-19 12:00',
    '2021-05-19 14:00:00+02:00',
    '2021-05-19T12:00:00.0z',
  ]) {
    expect(parseDate(text), text).toBe(noon)
  }
  expect(parseDate('2021-05-19')).toBe(Date.UTC(2021, 4, 19))
  for (const text of ['2021-02-30', '2021-13-01', '2021-05-19T25:00', '2021-05-19T12:00:60Z', '1969-12-31', 'today']) {
    expect(parseDate(text), text).toBeNull()
  }
})

test('text that PostgreSQL cannot store is refused, also as JSON; an emoji is accepted', () => {
  const text = words('a text')
  for (const bad of ['half of \ud83d', '\ude00', 'NUL \0']) {
    expect(text.safeParse(bad).error?.issues[0]?.message, JSON.stringify(bad)).toMatch(
      /^Expected a text without .* U\+0000/,
    )
  }
  expect(text.parse('😀 ä')).toBe('😀 ä')
})
