import { setTimeout as wait } from 'node:timers/promises'
import { isoDate } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import type { Rng } from '@candlewatch/core/stats/rng'
import { minuteMs } from '@candlewatch/core/time'

/** A row as `POST /predict_anomaly` takes it. */
export interface Row {
  readonly market: string
  readonly interval: string
  readonly date: string
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

const firstOpenMs = Date.UTC(2021, 0, 1)
// An outage of the database may take a few seconds to be noticed and to end.
const patienceMs = 60_000

/** Minutes of a random walk; the same market always begins alike. */
export function* walk(market: string, rng: Rng, fromMs = firstOpenMs): Generator<Row> {
  let price = 100
  for (let open = fromMs; ; open += minuteMs) {
    const close = price * Math.exp(0.001 * rng.normal())
    const high = Math.max(price, close) * (1 + 0.0005 * rng.uniform())
    const low = Math.min(price, close) * (1 - 0.0005 * rng.uniform())
    yield { market, interval: '1m', date: isoDate(open), open: price, high, low, close, volume: 1 + 10 * rng.uniform() }
    price = close
  }
}

/** The next rows of a walk. */
export function take(rows: Generator<Row>, count: number): Row[] {
  return Array.from({ length: count }, () => rows.next().value as Row)
}

/** An answer of a server. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** Sends a request once. Rejects when the connection is cut. */
export async function send(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, text: await response.text() }
}

/**
 * Posts rows until they are answered: again after a 503 or a lost connection, each time to the next of the servers. Returns the
 * answer's text. Throws on any other answer, and when there is none within a minute.
 */
export async function post(urls: readonly string[], rows: Row | readonly Row[]): Promise<string> {
  const until = performance.now() + patienceMs
  for (let attempt = 0; ; attempt++) {
    const answer = await send(nth(urls, attempt % urls.length), 'POST', '/predict_anomaly', rows).catch(error => {
      if (error instanceof TypeError) return null
      throw error
    })
    if (answer?.status === 200) return answer.text
    if (answer && answer.status !== 503) throw new Error(`${answer.status}: ${answer.text.slice(0, 300)}`)
    if (performance.now() > until) throw new Error(`No answer within 60 s: ${answer?.text.slice(0, 300)}`)
    await wait(50)
  }
}
