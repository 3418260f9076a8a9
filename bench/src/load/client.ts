import { Agent, request } from 'node:http'
import { isoDate } from '@candlewatch/core/interval'
import { minuteMs } from '@candlewatch/core/time'
import type { Bar, Market } from '@candlewatch/core/types'

/** An answer and how long it took. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly ms: number
}

/** A client with one connection that stays open. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #url: URL

  constructor(url: string) {
    this.#url = new URL('/predict_anomaly', url)
  }

  post(body: unknown): Promise<Answer> {
    const json = JSON.stringify(body)
    const from = performance.now()
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }
      const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers }, response => {
        const parts: Buffer[] = []
        response.on('data', part => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(parts).toString()
          resolve({ status: response.statusCode!, text, ms: performance.now() - from })
        })
      })
      sent.on('error', reject)
      sent.end(json)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Makes the row that the API takes for a bar. */
export function rowOf({ ts, open, high, low, close, volume }: Bar, market: Market, intervalMs: number): object {
  const interval = intervalMs === minuteMs ? '1m' : '1h'
  return { market, interval, date: isoDate(ts - intervalMs), open, high, low, close, volume }
}
