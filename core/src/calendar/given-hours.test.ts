import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import { expect, it } from 'vitest'
import { dayMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { GivenHours } from './given-hours.ts'
import { gapsIn, hours, isStockTime, minutes, opensOf } from './hours.suite.ts'

const at = (date: string) => Date.parse(date) as Ms

const newYork: TradingCalendar = {
  timeZone: 'America/New_York',
  sessions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], open: '09:30', close: '16:00' }],
  holidays: ['2024-01-15'],
  earlyCloses: [{ date: '2024-07-03', close: '13:00' }],
}

it('closed hours are those of the calendar, from the first bar on and through changes of the clocks', () => {
  const opens = opensOf('2024-01-02', 364, hours(1), isStockTime).filter(
    ms =>
      Math.floor(ms / dayMs) !== at('2024-01-15') / dayMs && !(ms >= at('2024-07-03T17:00Z') && ms < at('2024-07-04')),
  )
  expect(gapsIn(new GivenHours(newYork, hours(1)), opens)).toEqual([])
})

it('a session that is missing without a holiday is a gap of its bars', () => {
  const given = new GivenHours(newYork, minutes(30))
  for (const openMs of opensOf('2024-02-05T14:30:00Z', 0.25, minutes(30), () => true)) given.learn(openMs)
  given.learn(at('2024-02-05T20:30Z'))
  expect(given.nextOpen()).toBe(at('2024-02-06T14:30Z'))
  expect(given.before(at('2024-02-06T14:30Z'))).toEqual({ kind: 'closed', missing: 0, isOpening: true })
  expect(given.before(at('2024-02-07T14:30Z'))).toEqual({ kind: 'gap', missing: 13, isOpening: true })
  expect(given.before(at('2024-02-06T15:30Z'))).toEqual({ kind: 'gap', missing: 2, isOpening: true })
})

it('days are those of the date, in a zone east of UTC too', () => {
  const sydney: TradingCalendar = {
    timeZone: 'Australia/Sydney',
    sessions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], open: '10:00', close: '16:00' }],
    holidays: ['2024-01-26'],
    earlyCloses: [],
  }
  const given = new GivenHours(sydney, dayMs)
  given.learn(at('2024-01-25'))
  expect(given.nextOpen()).toBe(at('2024-01-29'))
  expect(given.before(at('2024-01-30')).missing).toBe(1)
})

it('a session past midnight belongs to the day on which it opens', () => {
  const night: TradingCalendar = {
    timeZone: 'Asia/Shanghai',
    sessions: [{ days: ['fri'], open: '21:00', close: '02:30' }],
    holidays: [],
    earlyCloses: [],
  }
  const given = new GivenHours(night, minutes(30))
  given.learn(at('2024-01-05T15:30Z'))
  expect(given.nextOpen()).toBe(at('2024-01-05T16:00Z'))
  given.learn(at('2024-01-05T18:00Z'))
  expect(given.nextOpen()).toBe(at('2024-01-12T13:00Z'))
})

it('saved and loaded it goes on', () => {
  const given = new GivenHours(newYork, hours(1))
  for (const openMs of opensOf('2024-01-02', 5, hours(1), isStockTime)) given.learn(openMs)
  const copy = new GivenHours(newYork, hours(1))
  copy.load(given.save())
  expect(copy.nextOpen()).toBe(given.nextOpen())
  expect(copy.save()).toEqual(given.save())
})
