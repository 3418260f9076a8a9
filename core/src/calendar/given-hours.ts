import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import { first, nth } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import { closeOf, dayMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { type Absence, isLongClosed, type MarketHours, noAbsence } from './market-hours.ts'
import { expectedBetween, nextExpected, slotsBetween } from './slots.ts'
import { Thinness } from './thinness.ts'
import { dateOf, Zone } from './zone.ts'

/** When trading begins and ends, UTC. */
interface Session {
  readonly openMs: number
  readonly closeMs: number
}

// Longer absences are counted by the share of their first weeks.
const countedMs = 8 * weekMs
// A date's sessions are looked up for each bar, and for those of the days around it.
const datesKept = 64

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** The hours that somebody gave for a market: closed is what they call closed, and nothing else. */
export class GivenHours implements MarketHours {
  readonly #intervalMs: Ms
  readonly #calendar: TradingCalendar
  readonly #zone: Zone
  readonly #holidays: ReadonlySet<string>
  readonly #earlyCloses: ReadonlyMap<string, string>
  readonly #sessions = new Map<number, readonly Session[]>()
  readonly #thin: Thinness
  #lastOpen: Ms | null = null

  constructor(calendar: TradingCalendar, intervalMs: Ms) {
    this.#intervalMs = intervalMs
    this.#calendar = calendar
    this.#zone = new Zone(calendar.timeZone)
    this.#holidays = new Set(calendar.holidays)
    this.#earlyCloses = new Map(calendar.earlyCloses.map(({ date, close }) => [date, close]))
    this.#thin = new Thinness(intervalMs)
  }

  before(openMs: Ms): Absence {
    const last = this.#lastOpen
    const total = last === null ? 0 : slotsBetween(last, openMs, this.#intervalMs)
    if (last === null || total === 0) return this.#opensSession(openMs) ? { ...noAbsence, isOpening: true } : noAbsence
    const { expected, firstExpected } = this.#expectedBetween(last, openMs, total)
    const hasClosed = expected < total
    const isOpening =
      this.#opensSession(openMs) || (hasClosed && isLongClosed(openMs - closeOf(last, this.#intervalMs)))
    if (expected === 0) return { kind: 'closed', missing: 0, isOpening }
    if (!this.#thin.explains(firstExpected, expected)) return { kind: 'gap', missing: expected, isOpening }
    return { kind: hasClosed ? 'closed' : 'thin', missing: 0, isOpening }
  }

  learn(openMs: Ms): void {
    const last = this.#lastOpen
    const total = last === null ? 0 : slotsBetween(last, openMs, this.#intervalMs)
    if (last !== null && total > 0) {
      const { expected, firstExpected } = this.#expectedBetween(last, openMs, total)
      if (expected > 0) this.#thin.learnAbsence(firstExpected, expected)
    }
    this.#thin.learnBar(openMs)
    this.#lastOpen = openMs
  }

  nextOpen(): Ms | null {
    const last = this.#lastOpen
    if (last === null) return null
    return nextExpected(last, countedMs, this.#intervalMs, openMs => this.expects(openMs))
  }

  #expectedBetween(from: Ms, to: Ms, total: number) {
    const end = Math.min(to, from + countedMs) as Ms
    const found = expectedBetween(from, end, this.#intervalMs, openMs => this.expects(openMs))
    if (end === to) return found
    return { ...found, expected: Math.round((total * found.expected) / Math.max(1, found.counted)) }
  }

  /** True for a bar that begins a session before which bars came in closed hours. */
  #opensSession(openMs: Ms): boolean {
    const last = this.#lastOpen
    return last !== null && this.#intervalMs < dayMs && !this.expects(last) && this.expects(openMs)
  }

  /** True where a session overlaps the bar that opens then. */
  expects(openMs: Ms): boolean {
    const closeMs = closeOf(openMs, this.#intervalMs)
    if (this.#intervalMs >= dayMs) return this.#hasSessionOn(openMs, closeMs)
    const today = dateOf(openMs)
    return [today - dayMs, today, today + dayMs].some(date =>
      this.#sessionsOn(date).some(session => session.openMs < closeMs && session.closeMs > openMs),
    )
  }

  /** The bar of a day is that of its date, whatever the time zone. */
  #hasSessionOn(openMs: number, closeMs: number): boolean {
    for (let date = dateOf(openMs); date < closeMs; date += dayMs) {
      if (this.#sessionsOn(date).length > 0) return true
    }
    return false
  }

  #sessionsOn(date: number): readonly Session[] {
    const kept = this.#sessions.get(date)
    if (kept) return kept
    const made = this.#makeSessions(date)
    if (this.#sessions.size >= datesKept) this.#sessions.clear()
    this.#sessions.set(date, made)
    return made
  }

  #makeSessions(date: number): readonly Session[] {
    const name = new Date(date).toISOString().slice(0, 10)
    if (this.#holidays.has(name)) return []
    const weekday = nth(weekdays, new Date(date).getUTCDay())
    const early = this.#earlyCloses.get(name)
    return this.#calendar.sessions
      .filter(({ days }) => days.includes(weekday))
      .map(({ open, close }) => {
        const [opens, closes] = [minutesOf(open), minutesOf(close)]
        const end = closes > opens ? closes : closes + 24 * 60
        return { opens, closes: early === undefined ? end : Math.min(end, minutesOf(early)) }
      })
      .filter(({ opens, closes }) => closes > opens)
      .map(({ opens, closes }) => ({
        openMs: this.#zone.momentOf(date, opens),
        closeMs: this.#zone.momentOf(date, closes),
      }))
  }

  save(): Uint8Array {
    return pack([floatsToBytes([this.#lastOpen ?? -1]), this.#thin.save()])
  }

  load(state: Uint8Array): void {
    const [last, thin] = first(unpack(state), 2)
    const [lastOpen = -1] = floatsFromBytes(last)
    this.#lastOpen = lastOpen < 0 ? null : (lastOpen as Ms)
    this.#thin.load(thin)
  }
}

/** 09:30 as minutes after midnight. */
function minutesOf(time: string): number {
  const [hours, minutes] = first(time.split(':'), 2)
  return 60 * Number(hours) + Number(minutes)
}
