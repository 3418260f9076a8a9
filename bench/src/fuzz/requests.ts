import { nth } from '@candlewatch/core/nth'
import { type Accepted, AllAccepted } from './accepted.ts'
import { type Expected, take, type Verdict } from './expectation.ts'
import type { Plan } from './plans.ts'
import { barOf, candle, dateOf, type Numbers, type Row, type Shape } from './rows.ts'

const json = { 'content-type': 'application/json' }
const intervals = ['1h', '5m', '1d'] as const
// A correction warms an engine up on the bars before it: with longer streams that is most of the time. With shorter ones there
// are more of them, each with an engine of 1.5 MB, of which the server keeps 256.
const longestStream = 4_000
const lastBar = Date.UTC(2025, 0, 1)

/** One caller: its streams, the accepted rows of each, and the requests that its plans become. Only it posts to these streams. */
export class Caller {
  readonly accepted = new AllAccepted()
  readonly #seed: number
  readonly #number: number
  readonly #generations = [0, 0, 0]

  constructor(seed: number, number: number) {
    this.#seed = seed
    this.#number = number
  }

  request(plan: Exclude<Plan, { kind: 'bytes' }>): Expected {
    if (plan.kind === 'odd') return odd(plan)
    const stream = this.#stream(plan.stream)
    switch (plan.kind) {
      case 'next':
        return this.#posted(this.#next(stream, plan.count, plan.gap, plan.shape))
      case 'again':
        return this.#posted([...known(stream, plan.back, plan.count), ...this.#next(stream, plan.more)])
      case 'conflict':
        return conflict(stream, plan.back) ?? this.#posted(this.#next(stream, 1))
      case 'late':
        return this.#late(stream) ?? this.#posted(this.#next(stream, 1))
      case 'swapped':
        return refused(this.#next(stream, 3).reverse(), 409, 'ERR_BAR_LATE', '[1].date')
      case 'correct':
        return this.#correction(stream, plan)
      case 'mutated':
        return this.#mutated(stream, plan)
      case 'cut':
        return this.#posted(this.#next(stream, 5))
    }
  }

  #stream(index: number): Accepted {
    const interval = nth(intervals, index)
    const market = () => `fuzz:C${this.#number}-S${index}-G${this.#generations[index]}`
    const now = this.accepted.of(market(), interval)
    const isOver = now.dates.length > longestStream || Date.parse(dateOf(now.newestBar + 500, interval)) > lastBar
    if (isOver) this.#generations[index]! += 1
    return isOver ? this.accepted.of(market(), interval) : now
  }

  #next(stream: Accepted, count: number, gap = 0, shape: Shape = 'usual'): Row[] {
    const first = stream.newestBar + 1 + gap
    return Array.from({ length: count }, (_, i) => this.#row(stream, first + i, i === 0 ? shape : 'usual'))
  }

  #row({ market, interval }: Accepted, bar: number, shape: Shape): Row {
    const salt = this.#seed * 1_000 + this.#number * 10 + intervals.indexOf(interval as '1h')
    return { market, interval, date: dateOf(bar, interval), ...candle(salt, bar, shape) }
  }

  /** Rows that must be accepted. */
  #posted(rows: readonly Row[]): Expected {
    if (rows.length === 0) return refused(rows, 400, 'ERR_BODY_SHAPE')
    return {
      ...post(rows),
      status: 200,
      taken: body => {
        const verdicts = body as Verdict[]
        take(this.accepted, rows as unknown as Record<string, unknown>[], verdicts)
      },
    }
  }

  #late(stream: Accepted): Expected | null {
    const missed = stream.missed()
    if (missed === null || Date.parse(missed.date) < 0) return null
    const { date, isGap } = missed
    if (isGap) return this.#posted([this.#row(stream, barOf(date, stream.interval), 'usual')])
    return refused([this.#row(stream, barOf(date, stream.interval), 'usual')], 409, 'ERR_BAR_LATE', '[0].date')
  }

  #correction(stream: Accepted, { back, factor, known: isKnown }: Plan & { kind: 'correct' }): Expected {
    const date = isKnown ? stream.back(back) : null
    const before = date === null ? this.#next(stream, 1, 300)[0]! : stream.row(date)
    const after: Row = { ...before, volume: before.volume * factor }
    const asked = {
      method: 'POST',
      path: '/api/corrections',
      headers: json,
      body: JSON.stringify({ ...after, reason: 'fuzz' }),
    }
    if (date === null) return { ...asked, status: 404, code: 'ERR_CORRECTION_UNKNOWN', field: 'date' }
    const isSame = after.volume === before.volume
    const later = isSame ? 0 : stream.dates.length - stream.dates.lastIndexOf(date)
    return {
      ...asked,
      status: isSame ? 200 : 201,
      taken: body => {
        const { judgedAgain } = body as { judgedAgain: number }
        if (judgedAgain !== later) throw new Error(`expected ${later} bars judged again, found ${judgedAgain}`)
        if (!isSame) stream.correct(date, numbersOf(after))
      },
    }
  }

  #mutated(stream: Accepted, { ahead, field, value, alone }: Plan & { kind: 'mutated' }): Expected {
    const rows = this.#next(stream, alone ? 1 : ahead + 1)
    const bad = Object.entries(rows.at(-1)!).map(([name, it]) => [name, JSON.stringify(it)] as const)
    const fields = new Map<string, string>(bad)
    if (value === null) fields.delete(field)
    else fields.set(field, value)
    const text = `{${[...fields].map(([name, it]) => `${JSON.stringify(name)}:${it}`).join(',')}}`
    const all = [...rows.slice(0, -1).map(row => JSON.stringify(row)), text]
    const body = alone ? text : `[${all.join(',')}]`
    const needed = ['date', 'open', 'high', 'low', 'close', 'volume'].includes(field)
    const wrong = needed && (value === null || (field !== 'date' && !/^-?\d/.test(value)))
    return {
      method: 'POST',
      path: '/predict_anomaly',
      headers: json,
      body,
      // A volume of null is wrong, a missing one is too; a date may be another one that is right.
      ...(wrong
        ? { status: 422, code: 'ERR_ROW_INVALID', field: alone ? field : `[${rows.length - 1}].${field}` }
        : { status: null }),
      taken: answer => {
        const posted = JSON.parse(body) as Record<string, unknown> | Record<string, unknown>[]
        take(this.accepted, [posted].flat(), [answer as Verdict].flat())
      },
    }
  }
}

const numbersOf = ({ open, high, low, close, volume }: Numbers): Numbers => ({ open, high, low, close, volume })

function known(stream: Accepted, back: number, count: number): Row[] {
  const end = stream.dates.length - back
  return stream.dates.slice(Math.max(0, end - count), Math.max(0, end)).map(date => stream.row(date))
}

function conflict(stream: Accepted, back: number): Expected | null {
  const date = stream.back(back)
  if (date === null) return null
  const row = stream.row(date)
  return refused([{ ...row, volume: row.volume / 2 + 1 }], 409, 'ERR_BAR_CONFLICT', '[0].volume')
}

function post(rows: readonly Row[]) {
  return { method: 'POST', path: '/predict_anomaly', headers: json, body: JSON.stringify(rows) }
}

function refused(rows: readonly Row[], status: number, code: string, field?: string): Expected {
  return { ...post(rows), status, code, ...(field === undefined ? {} : { field }) }
}

function odd({ method, path, query, headers, body }: Plan & { kind: 'odd' }): Expected {
  // HTTP has no body in what it merely asks for.
  const sent = ['GET', 'HEAD', 'TRACE'].includes(method) ? null : body
  return { method, path: query === '' ? path : `${path}?${query}`, headers, body: sent, status: null }
}
