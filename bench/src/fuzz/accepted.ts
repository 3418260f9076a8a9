import { createHash } from 'node:crypto'
import { known, nth } from '@candlewatch/core/nth'
import { barOf, dateOf, type Numbers, type Row } from './rows.ts'

/** The rows that a stream must hold: every row that was answered, as posted or corrected since. */
export class Accepted {
  readonly market: string
  readonly interval: string
  readonly rows = new Map<string, Numbers>()
  /** The id of the verdict that was answered; '' if the row was judged again since. */
  readonly #hashes = new Map<string, string>()
  /** Opens, oldest first. */
  readonly dates: string[] = []

  constructor(market: string, interval: string) {
    this.market = market
    this.interval = interval
  }

  get newestBar(): number {
    const newest = this.dates.at(-1)
    return newest === undefined ? -1 : barOf(newest, this.interval)
  }

  /** Returns the open that many rows back; null if there are fewer. */
  back(rows: number): string | null {
    return this.dates.at(-1 - rows) ?? null
  }

  /** Returns the last bar of a gap that a row can fill, or else the one before the first, which is too late. */
  missed(): { readonly date: string; readonly isGap: boolean } | null {
    const at = this.dates.findIndex(
      (date, i) => i > 0 && barOf(date, this.interval) - barOf(nth(this.dates, i - 1), this.interval) > 1,
    )
    const before = this.dates[Math.max(at, 0)]
    if (before === undefined) return null
    return { date: dateOf(barOf(before, this.interval) - 1, this.interval), isGap: at > 0 }
  }

  take(date: string, numbers: Numbers, verdict: unknown): void {
    if (!this.rows.has(date)) this.#insert(date)
    this.rows.set(date, numbers)
    this.#hashes.set(date, hashOf(verdict))
    // Far older ones are not asked for again.
    if (this.dates.length > 300) this.#hashes.delete(known(this.dates.at(-301)))
  }

  correct(date: string, numbers: Numbers): void {
    this.rows.set(date, numbers)
    this.#judgedAgainFrom(date)
  }

  #insert(date: string): void {
    const later = this.dates.findIndex(known => known > date)
    if (later < 0) this.dates.push(date)
    else {
      this.dates.splice(later, 0, date)
      this.#judgedAgainFrom(date)
    }
  }

  #judgedAgainFrom(date: string): void {
    for (const later of this.dates.slice(this.dates.lastIndexOf(date))) this.#hashes.set(later, '')
  }

  row(date: string): Row {
    return { market: this.market, interval: this.interval, date, ...known(this.rows.get(date)) }
  }

  /** True unless another verdict is known for that row. */
  isSame(date: string, verdict: unknown): boolean {
    const hash = this.#hashes.get(date)
    return hash === undefined || hash === '' || hash === hashOf(verdict)
  }
}

const hashOf = (verdict: unknown) => createHash('sha1').update(JSON.stringify(verdict)).digest('base64')

/** All streams of one caller. */
export class AllAccepted {
  readonly streams = new Map<string, Accepted>()

  of(market: string, interval: string): Accepted {
    const key = `${market} ${interval}`
    const found = this.streams.get(key) ?? new Accepted(market, interval)
    this.streams.set(key, found)
    return found
  }
}
