import { get } from 'node:http'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { known } from '@candlewatch/core/nth'
import { minuteMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { quantile } from '../figures.ts'
import { Client, rowOf } from './client.ts'

const market = 'bench:WATCHED-USD'

/** Posts rows while `count` clients listen to the stream, and measures how long until all have received each row. Throws if one misses a row. */
export async function listeners(url: string, count: number, rows: number): Promise<string> {
  const { bars } = syntheticYear({ intervalMs: minuteMs, seed: 3, to: Date.UTC(2021, 0, 2) as Ms }).series
  const received = new Map<string, number>()
  const lastReceived = new Map<string, number>()
  const open = await Promise.all(
    Array.from({ length: count }, () =>
      connect(url, date => {
        received.set(date, (received.get(date) ?? 0) + 1)
        lastReceived.set(date, performance.now())
      }),
    ),
  )
  const client = new Client(url)
  const delays: number[] = []
  const from = performance.now()
  for (const bar of bars.slice(0, rows)) {
    const sent = performance.now()
    const { status, text } = await client.post(rowOf(bar, market, minuteMs))
    if (status !== 200) throw new Error(text)
    const { date } = JSON.parse(text) as { date: string }
    while ((received.get(date) ?? 0) < count) {
      if (performance.now() - sent > 20_000)
        throw new Error(`${count - (received.get(date) ?? 0)} listeners missed ${date}.`)
      await new Promise(setImmediate)
    }
    delays.push(known(lastReceived.get(date)) - sent)
  }
  const seconds = (performance.now() - from) / 1_000
  client.close()
  for (const close of open) close()
  return (
    `${count} listeners: each received each of ${rows} rows once, the last one ${Math.round(quantile(delays, 0.5))} ms after it was posted ` +
    `(99 %: ${Math.round(quantile(delays, 0.99))} ms), ${(rows / seconds).toFixed(1)} rows/s.`
  )
}

function connect(url: string, hear: (date: string) => void): Promise<() => void> {
  const address = new URL(`/api/stream?market=${market}&interval=1m`, url)
  return new Promise((resolve, reject) => {
    const request = get(address, { agent: false }, response => {
      let text = ''
      response.on('data', (part: Buffer) => {
        text += part.toString()
        const events = text.split('\n\n')
        text = events.pop()!
        for (const event of events) {
          const date = /^event: verdict$/m.test(event) ? /"date":"([^"]+)"/.exec(event)?.[1] : undefined
          if (date) hear(date)
        }
      })
      response.on('error', () => {})
      resolve(() => request.destroy())
    })
    request.on('error', reject)
  })
}
