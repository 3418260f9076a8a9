import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { connections } from '@candlewatch/adapters/stores/postgres/connection'
import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import { postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import { nth } from '@candlewatch/core/nth'
import { dayMs, minuteMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { Command } from 'commander'
import { atLeast, median } from './figures.ts'
import { fill, lastOpen, peer, plainCandles, plainCoverage, stepAfter, stream } from './store/market.ts'

interface Result {
  readonly what: string
  /** The number of candles or bars returned. */
  readonly rows: number
  readonly storeMs: number
  readonly btreeMs: number
  readonly brinMs: number
}

/** Bytes per bar with its indexes: in the store, in the peer, and in the write-ahead log. */
const bytesABar = 800

async function timed<T>(runs: number, work: (run: number) => Promise<T>): Promise<{ ms: number; result: T }> {
  let result = await work(-1)
  const times: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    result = await work(run)
    times.push(performance.now() - start)
  }
  return { ms: median(times), result }
}

function line(cells: readonly string[]): string {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(22) : cell.padStart(13))).join('')
}

const program = new Command()
  .name('node bench/dist/store.js')
  .description(
    'Measures a chart, coverage, the last day and an insert in a market of many 1m bars, and compares them with one plain table with a btree or a BRIN index. Fills a private database of its own and removes it.',
  )
  .option('--bars <count>', 'number of bars', atLeast(100_000), 10_000_000)
  .option('--points <count>', 'candles per chart', atLeast(1), 2_000)
  .option('--runs <count>', 'timed runs of each; the median counts', atLeast(3), 7)
  .option('--json <file>', 'also write the table as JSON')
  .parse()
const { bars, points, runs, json } = program.opts<{ bars: number; points: number; runs: number; json?: string }>()

const { bavail, bsize } = statfsSync(tmpdir())
if (bavail * bsize < 2 * bars * bytesABar) {
  program.error(
    `error: ${tmpdir()} has too little room for ${bars} bars; try --bars ${Math.floor((bavail * bsize) / 4 / bytesABar)}`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'candlewatch-bench-'))
chmodSync(folder, 0o755)
let stopped: Promise<void> | null = null
const server = await startEmbedded({ dataDir: join(folder, 'db') })
const end = () => (stopped ??= server.stop().then(() => rmSync(folder, { recursive: true, force: true })))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end().then(() => process.exit(1)))
try {
  await compare()
} finally {
  await end()
}

async function compare(): Promise<void> {
  await migrate(server.url)
  const store = postgresStore(server.url)
  const database = connections(server.url, { max: 1, patienceMs: null })
  console.log(
    `PostgreSQL ${server.version}, ${cpus()[0]?.model}; ${bars.toLocaleString('en')} bars of 1m; medians of ${runs} runs`,
  )
  const began = performance.now()
  await database.use(client => fill(client, bars))
  console.log(`filled in ${((performance.now() - began) / 1e3).toFixed(0)} s`)

  const last = lastOpen(bars)
  const spans: readonly [string, number][] = [
    ['all of it', bars * minuteMs],
    ['ten years', 3_652 * dayMs],
    ['a year', 365 * dayMs],
    ['a month', 30 * dayMs],
    // Just before stored candles of an hour will do.
    [`${points - 1} half hours`, (points - 1) * 30 * minuteMs],
  ]
  const reads = [
    ...spans
      .filter(([, ms]) => ms <= bars * minuteMs)
      .map(([name, ms]) => {
        const range = { ...stream, fromMs: (last + minuteMs - ms) as Ms, toMs: null }
        return {
          what: `${name} as candles`,
          store: async () => (await store.candles({ ...range, points })).candles.length,
          plain: () => database.use(async client => plainCandles(client, range, points, last)),
        }
      }),
    {
      what: 'coverage and gaps',
      store: async () => (await store.coverage({ ...stream, points: 400, maxGaps: 100 })).stretches.length,
      plain: () => database.use(client => plainCoverage(client, 400, last)),
    },
    {
      what: 'the last 24 hours',
      store: async () =>
        (await store.bars({ ...stream, fromMs: (last + minuteMs - dayMs) as Ms, toMs: null, limit: 10_000 })).length,
      plain: () => database.use(client => peer.lastDay(client, bars)),
    },
    {
      what: 'insert of a bar',
      store: async (run: number) => (await store.commit(stream, [stepAfter(bars, run)], null)).length,
      plain: (run: number) => database.use(client => peer.insert(client, bars, run)),
    },
  ]
  const stored: { ms: number; result: number }[] = []
  for (const { store } of reads) stored.push(await timed(runs, store))
  const plain: Record<'btree' | 'brin', number[]> = { btree: [], brin: [] }
  for (const index of ['btree', 'brin'] as const) {
    const size = await database.use(client => peer.index(client, index))
    console.log(`${index} of the plain table: ${size}`)
    // A table without a unique index takes a row twice: that is BRIN's price.
    for (const { plain: read } of reads) plain[index].push((await timed(index === 'brin' ? 3 : runs, read)).ms)
  }

  const results = reads.map(
    ({ what }, i): Result => ({
      what,
      rows: nth(stored, i).result,
      storeMs: nth(stored, i).ms,
      btreeMs: nth(plain.btree, i),
      brinMs: nth(plain.brin, i),
    }),
  )
  console.log(line(['', 'rows', 'store ms', 'btree ms', 'of store', 'BRIN ms', 'of store']))
  for (const { what, rows, storeMs, btreeMs, brinMs } of results) {
    const ratio = (ms: number) => `${(ms / storeMs).toFixed(1)}×`
    console.log(
      line([
        what,
        String(rows),
        storeMs.toFixed(1),
        btreeMs.toFixed(1),
        ratio(btreeMs),
        brinMs.toFixed(1),
        ratio(brinMs),
      ]),
    )
  }
  if (json) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
  await store.close()
  await database.close()
}
