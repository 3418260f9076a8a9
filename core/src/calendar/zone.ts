import { dayMs, minuteMs } from '../time.ts'

/** Local times of one time zone. */
export class Zone {
  readonly #format: Intl.DateTimeFormat

  /** Throws a RangeError for an unknown zone. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  /** The moment, UTC, of a local time: minutes after midnight of the day that begins at `dateMs` on a clock in UTC. */
  momentOf(dateMs: number, minutes: number): number {
    const local = dateMs + minutes * minuteMs
    // The offset at a first guess differs from the right one only within hours of a change of the clocks.
    const guess = local - this.#offsetAt(local)
    return local - this.#offsetAt(guess)
  }

  /** Local time less UTC, in ms. */
  #offsetAt(ms: number): number {
    const part: Record<string, number> = {}
    for (const { type, value } of this.#format.formatToParts(ms)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    const local = Date.UTC(year, month - 1, day, hour, minute, second)
    return local - (ms - (((ms % 1_000) + 1_000) % 1_000))
  }
}

/** The start of the day, on a clock in UTC, that holds this moment. */
export const dateOf = (ms: number) => Math.floor(ms / dayMs) * dayMs
