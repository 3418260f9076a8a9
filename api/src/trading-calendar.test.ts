import { expect, it } from 'vitest'
import { tradingCalendar } from './trading-calendar.ts'

const plain = { timeZone: 'Europe/London', sessions: [{ days: ['mon'], open: '08:00', close: '16:30' }] }

it('holidays and early closes may be left out', () => {
  expect(tradingCalendar.parse(plain)).toEqual({ ...plain, holidays: [], earlyCloses: [] })
})

it.each([
  ['an unknown zone', { ...plain, timeZone: 'Europe/Londn' }, 'a time zone such as America/New_York'],
  ['no session', { ...plain, sessions: [] }, '>=1'],
  [
    'a time that is none',
    { ...plain, sessions: [{ days: ['mon'], open: '8', close: '16:30' }] },
    'a time such as 09:30',
  ],
  ['a date that is none', { ...plain, holidays: ['25.12.2024'] }, 'a date such as 2024-12-25'],
])('%s is refused with what was expected', (_, calendar, message) => {
  expect(tradingCalendar.safeParse(calendar).error?.message).toContain(message)
})
