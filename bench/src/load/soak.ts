import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { nth } from '@candlewatch/core/nth'
import { minuteMs } from '@candlewatch/core/time'
import type { Market, Ms } from '@candlewatch/core/types'
import { slope } from '../figures.ts'
import { Client, rowOf } from './client.ts'

const everyMs = 20
const sampleMs = 5_000

/** Posts 50 rows per second over eight markets and samples the server's memory. Runs on Linux only. */
export async function soak(url: string, pid: number, minutes: number): Promise<string> {
  const { bars } = syntheticYear({
    intervalMs: minuteMs,
    seed: 4,
    to: (Date.UTC(2021, 0, 1) + 100_000 * minuteMs) as Ms,
  }).series
  const markets = Array.from({ length: 8 }, (_, i) => `bench:SOAK${i}-USD` as Market)
  const clients = markets.map(() => new Client(url))
  const samples: { readonly x: number; readonly y: number }[] = []
  const from = performance.now()
  let posted = 0
  let nextSample = sampleMs
  while (performance.now() - from < minutes * 60_000) {
    const turn = posted % markets.length
    const row = rowOf(nth(bars, Math.floor(posted / markets.length)), nth(markets, turn), minuteMs)
    const { status, text } = await nth(clients, turn).post(row)
    if (status !== 200) throw new Error(`${status}: ${text}`)
    posted++
    const elapsed = performance.now() - from
    if (elapsed > nextSample) {
      samples.push({ x: elapsed / 60_000, y: residentMegabytes(pid) })
      nextSample += sampleMs
    }
    await wait(Math.max(0, posted * everyMs - elapsed))
  }
  for (const client of clients) client.close()
  // The first quarter is the compilers' and the caches'.
  const settled = samples.slice(samples.length >> 2)
  const sizes = settled.map(({ y }) => Math.round(y))
  return (
    `Soak: ${posted} rows in ${minutes} minutes; after the first quarter ${sizes[0]} MB, at the end ${sizes.at(-1)} MB, ` +
    `at most ${Math.max(...sizes)} MB; ${slope(settled).toFixed(2)} MB a minute.`
  )
}

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024
}
