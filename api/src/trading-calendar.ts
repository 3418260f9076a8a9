import { z } from 'zod'
import { expected } from './fields.ts'
import type { Wire } from './route.ts'

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const day = z.enum(days).meta({ id: 'Weekday' })

const timeOfDay = z
  .string({ error: expected('a time such as 09:30, up to 24:00') })
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: expected('a time such as 09:30, up to 24:00') })
const localDate = z.iso.date({ error: expected('a date such as 2024-12-25') })
const timeZone = z
  .string({ error: expected('a time zone such as America/New_York') })
  .refine(isTimeZone, { error: expected('a time zone such as America/New_York') })

const session = z
  .object({
    days: z.array(day).min(1).meta({ description: 'On which the session opens.' }),
    open: timeOfDay,
    close: timeOfDay.meta({ description: 'On the next day, if it is not after the opening.' }),
  })
  .meta({ id: 'TradingSession' })
const earlyClose = z.object({ date: localDate, close: timeOfDay }).meta({ id: 'EarlyClose' })

/** The hours of a market as its exchange publishes them. All times are local to `timeZone`. */
export const tradingCalendar = z
  .object({
    timeZone: timeZone.meta({ description: 'IANA name of the time zone of all times.', example: 'America/New_York' }),
    sessions: z.array(session).min(1).max(50).meta({ description: 'A day with a lunch break has two.' }),
    holidays: z.array(localDate).max(5_000).default([]).meta({ description: 'Days without a session.' }),
    earlyCloses: z
      .array(earlyClose)
      .max(5_000)
      .default([])
      .meta({ description: 'Days on which no session lasts longer than that.' }),
  })
  .meta({
    id: 'TradingCalendar',
    example: {
      timeZone: 'America/New_York',
      sessions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], open: '09:30', close: '16:00' }],
      holidays: ['2024-12-25'],
      earlyCloses: [{ date: '2024-12-24', close: '13:00' }],
    },
  })
/** The hours of a market as its exchange publishes them. */
export type TradingCalendar = Wire<typeof tradingCalendar>

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
