import { first } from '../nth.ts'
import { floatsFromBytes, floatsToBytes } from '../state/bytes.ts'
import { pack, unpack } from '../state/pack.ts'
import { closeOf, dayMs, hourMs, weekMs } from '../time.ts'
import type { Ms } from '../types.ts'
import { clocksChanged } from './clock-changes.ts'
import { type Absence, isLongClosed, type MarketHours, noAbsence } from './market-hours.ts'
import { cellOf, expectedBetween, nextExpected, slotGroups, slotsBetween } from './slots.ts'
import { Thinness } from './thinness.ts'
import { WeekRecord } from './week-record.ts'

// No holidays last longer; an absence beyond that says nothing about the hours of a market either.
const longestAbsenceMs = 2 * weekMs
// A break of minutes says nothing about a day that is absent before it.
const leastClosedShare = 1 / 24
const openingsKept = 8
const absencesKept = 16

/** Bars that are absent between two others. */
interface Between {
  readonly from: Ms
  readonly to: Ms
  /** How many fit in between, how many of them were expected, and when the first of those was. */
  readonly total: number
  readonly expected: number
  readonly firstExpected: Ms
}

/**
 * A market's hours, learned from its bars alone. Every bar is expected until its absence repeats: a market that trades
 * around the clock has a gap wherever a bar is missing. Absent bars are closed hours
 *
 * - at times of the week at which most weeks, or most days, had no bar;
 * - in a market with closed hours, if they reach into those and end at a usual opening: a holiday, a half day;
 * - if the same bars were absent a day or a week before.
 *
 * Where clocks change, all of that holds an hour earlier and later too. Bars without a trade are thin hours, by how
 * often bars are absent at that hour. Everything else is a gap.
 */
export class LearnedHours implements MarketHours {
  readonly #intervalMs: Ms
  /** null while no bar was ever absent: then every bar is expected. */
  #week: WeekRecord | null = null
  readonly #thin: Thinness
  #firstOpen: Ms | null = null
  #lastOpen: Ms | null = null
  /** Times of the day of the newest openings after closed hours. */
  #openings: number[] = []
  /** The newest absences of bars that were expected: [from, to], oldest first. */
  #absences: [from: number, to: number][] = []
  #judged: { readonly openMs: Ms; readonly between: Between | null; readonly absence: Absence } | null = null

  constructor(intervalMs: Ms) {
    this.#intervalMs = intervalMs
    this.#thin = new Thinness(intervalMs)
  }

  before(openMs: Ms): Absence {
    return this.#judge(openMs).absence
  }

  expects(openMs: Ms): boolean {
    return this.#week?.expects(openMs) ?? true
  }

  learn(openMs: Ms): void {
    const { between, absence } = this.#judge(openMs)
    if (between) this.#learnAbsence(between, absence)
    else if (absence.isOpening) this.#learnOpening(openMs)
    if (this.#lastOpen === null || !this.#sharesCell(this.#lastOpen, openMs)) this.#week?.learn(openMs, true)
    this.#thin.learnBar(openMs)
    this.#firstOpen ??= openMs
    this.#lastOpen = openMs
    this.#judged = null
  }

  nextOpen(): Ms | null {
    const last = this.#lastOpen
    if (last === null) return null
    return nextExpected(last, longestAbsenceMs, this.#intervalMs, openMs => this.expects(openMs))
  }

  #judge(openMs: Ms) {
    if (this.#judged?.openMs === openMs) return this.#judged
    const between = this.#between(openMs)
    const absence = between ? this.#kindOf(between) : noAbsence
    const isOpening = absence.isOpening || this.#opensSession(openMs)
    this.#judged = { openMs, between, absence: isOpening ? { ...absence, isOpening } : absence }
    return this.#judged
  }

  /** True for a bar in the hours, at a usual opening, before which bars came in hours that mostly have none. */
  #opensSession(openMs: Ms): boolean {
    const [week, last] = [this.#week, this.#lastOpen]
    if (week === null || last === null || this.#intervalMs >= dayMs) return false
    return !week.expects(last) && week.expects(openMs) && this.#openings.includes(timeOfDay(openMs))
  }

  #between(to: Ms): Between | null {
    const from = this.#lastOpen
    const total = from === null ? 0 : slotsBetween(from, to, this.#intervalMs)
    if (from === null || total === 0) return null
    const start = closeOf(from, this.#intervalMs)
    const week = this.#week
    if (week === null) return { from: start, to, total, expected: total, firstExpected: start }
    if (to - start > longestAbsenceMs) {
      return { from: start, to, total, expected: Math.round(total * week.expectedShare), firstExpected: start }
    }
    const { expected, firstExpected } = this.#expectedBetween(from, to)
    return { from: start, to, total, expected, firstExpected }
  }

  #expectedBetween(from: Ms, to: Ms) {
    return expectedBetween(from, to, this.#intervalMs, openMs => this.expects(openMs))
  }

  #kindOf(between: Between): Absence {
    const { from, to, expected } = between
    const isOpening = isLongClosed(to - from)
    const closed: Absence = { kind: 'closed', missing: 0, isOpening }
    const gap: Absence = { kind: 'gap', missing: Math.max(1, expected), isOpening: isOpening && hasClosed(between) }
    const week = this.#week
    if (week === null || to - from > longestAbsenceMs) return gap
    const isClosed = expected === 0 || this.#isShifted(between)
    if (isClosed || this.#skipsSessions(between) || this.#repeats(between)) return closed
    if (!this.#thin.explains(between.firstExpected, expected)) return gap
    return hasClosed(between) ? closed : { kind: 'thin', missing: 0, isOpening: false }
  }

  /** Hours that were closed until the clocks changed. */
  #isShifted({ from, to }: Between): boolean {
    return this.#shifts(from, to).some(shift => {
      const last = (from + shift - this.#intervalMs) as Ms
      return shift !== 0 && this.#expectedBetween(last, (to + shift) as Ms).expected === 0
    })
  }

  /** A session that is missing, begins late with the clocks or ends early: the next one begins as usual. */
  #skipsSessions(between: Between): boolean {
    const { from, to } = between
    // Bars of days have their nights within them.
    const isBetweenSessions = this.#intervalMs >= dayMs ? this.#week?.hasClosedCells === true : hasClosed(between)
    if (!isBetweenSessions) return false
    return this.#shifts(from, to).some(shift => this.#openings.includes(timeOfDay(to + shift)))
  }

  /** True where as many bars were absent from the same time on a day or a week before; days without any bar don't count. */
  #repeats({ from, to }: Between): boolean {
    const shifts = this.#shifts(from, to)
    return this.#absences.some(([before, until]) => {
      if (until - before !== to - from) return false
      return shifts.some(shift => {
        const days = (from + shift - before) / dayMs
        return days === 7 || days === 1 || (days > 1 && days < 5 && this.#wasQuiet(from, days))
      })
    })
  }

  /** True where on the days before there was no bar at that time. */
  #wasQuiet(from: Ms, days: number): boolean {
    for (let day = 1; day < days; day++) {
      if (this.#week?.cameLast(from - this.#intervalMs - day * dayMs)) return false
    }
    return true
  }

  #shifts(from: Ms, to: Ms): readonly number[] {
    return this.#intervalMs < dayMs && clocksChanged(from, to) ? [0, hourMs, -hourMs] : [0]
  }

  #learnAbsence(between: Between, { kind }: Absence): void {
    const { from, to, expected } = between
    if (this.#intervalMs >= weekMs || to - from > longestAbsenceMs) return
    const week = this.#week ?? this.#recordSoFar()
    this.#week = week
    if (kind !== 'thin' && (hasClosed(between) || this.#intervalMs >= dayMs)) this.#learnOpening(to)
    if (expected > 0) {
      if (kind !== 'thin') this.#absences = [...this.#absences, [from, to] as [number, number]].slice(-absencesKept)
      if (kind !== 'closed') this.#thin.learnAbsence(between.firstExpected, expected)
    }
    const last = (from - this.#intervalMs) as Ms
    for (const { openMs } of slotGroups(last, to, this.#intervalMs)) {
      // A part of a cell is no cell without bars.
      if (!this.#sharesCell(last, openMs) && !this.#sharesCell(openMs, to)) week.learn(openMs, false)
    }
  }

  /** True for two bars of less than a minute in the same minute. */
  #sharesCell(a: Ms, b: Ms): boolean {
    const cellMs = cellOf(this.#intervalMs)
    return this.#intervalMs < cellMs && Math.floor(a / cellMs) === Math.floor(b / cellMs)
  }

  #learnOpening(openMs: Ms): void {
    this.#openings = [...this.#openings, timeOfDay(openMs)].slice(-openingsKept)
  }

  /** The record of a market that had every bar until now. */
  #recordSoFar(): WeekRecord {
    const cellMs = cellOf(this.#intervalMs)
    const week = new WeekRecord(cellMs)
    const [start, last] = [this.#firstOpen ?? 0, this.#lastOpen ?? 0]
    const step = Math.max(cellMs, this.#intervalMs)
    const steps = Math.min(Math.floor((last - start) / step), Math.floor((8 * weekMs) / step))
    for (let i = steps; i >= 0; i--) week.learn(last - i * step, true)
    return week
  }

  save(): Uint8Array {
    return pack([
      floatsToBytes([this.#firstOpen ?? -1, this.#lastOpen ?? -1]),
      floatsToBytes(this.#openings),
      floatsToBytes(this.#absences.flat()),
      this.#thin.save(),
      this.#week?.save() ?? new Uint8Array(),
    ])
  }

  load(state: Uint8Array): void {
    const [ends, openings, absences, thin, week] = first(unpack(state), 5)
    const [firstOpen = -1, lastOpen = -1] = floatsFromBytes(ends)
    this.#firstOpen = firstOpen < 0 ? null : (firstOpen as Ms)
    this.#lastOpen = lastOpen < 0 ? null : (lastOpen as Ms)
    this.#openings = floatsFromBytes(openings)
    const flat = floatsFromBytes(absences)
    this.#absences = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!])
    this.#thin.load(thin)
    this.#week = week.length === 0 ? null : new WeekRecord(cellOf(this.#intervalMs))
    this.#week?.load(week)
    this.#judged = null
  }
}

const hasClosed = ({ total, expected }: Between) => total > expected && total - expected >= leastClosedShare * total

const timeOfDay = (ms: number) => ((ms % dayMs) + dayMs) % dayMs
