import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { known, nth } from '@candlewatch/core/nth'
import { hourMs, minuteMs } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import { Command } from 'commander'
import { atLeast, quantile } from './figures.ts'
import { Client, rowOf } from './load/client.ts'
import { listeners } from './load/listeners.ts'
import { type Peer, pgbench } from './load/pgbench.ts'
import { soak } from './load/soak.ts'
import { startBenchServer } from './server-process.ts'

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly soak: number
  readonly pgbench: string
}

const options = new Command()
  .name('npm run bench:load --')
  .description('Measures the server under load: one client, 64 markets, a year in one request, a thousand listeners.')
  .option('--rounds <count>', 'rounds of each, in turns with pgbench; the median counts', atLeast(0), 3)
  .option('--seconds <count>', 'length of a round', atLeast(0), 5)
  .option('--soak <minutes>', 'then post 50 rows per second for this long', atLeast(0), 0)
  .option('--pgbench <folder>', "where PostgreSQL's pgbench is", '/usr/lib/postgresql/15/bin')
  .parse()
  .opts<Options>()

const markets = Array.from({ length: 64 }, (_, i) => `bench:M${i}-USD` as Market)

async function main(folder: string): Promise<void> {
  const dataDir = join(folder, 'postgres')
  const embedded = await startEmbedded({ dataDir })
  try {
    const server = await startBenchServer({ DATA_DIR: dataDir })
    try {
      console.log(
        `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, PostgreSQL ${embedded.version}, all on this machine`,
      )
      await measure(server.url, server.pid, embedded.url)
    } finally {
      await server.stop()
    }
  } finally {
    await embedded.stop()
  }
}

async function measure(url: string, pid: number, database: string): Promise<void> {
  const { series } = syntheticYear({ intervalMs: minuteMs, to: (Date.UTC(2021, 0, 1) + 100_000 * minuteMs) as Ms })
  const peer = (clients: number) => pgbench(options.pgbench, database, clients, options.seconds)
  const feeds = markets.map(market => new Feed(url, market, series.bars))
  const single = new Feed(url, 'bench:ONE-USD', series.bars)
  await Promise.all([single, ...feeds].map(feed => feed.postFor(500)))

  const alone = await rounds(
    () => single.postFor(options.seconds * 1_000),
    () => peer(1),
  )
  line(
    'one market, one client',
    alone.map(({ ours, theirs }) => ({
      p50: ours.p50Ms,
      p99: ours.p99Ms,
      peer: theirs.p50Ms,
      ratio: ours.p50Ms / theirs.p50Ms,
    })),
    'ms',
  )
  const many = await rounds(
    () => together(feeds),
    () => peer(64),
  )
  line(
    '64 markets at once',
    many.map(({ ours, theirs }) => ({
      rows: ours.perSecond,
      p99: ours.p99Ms,
      peer: theirs.perSecond,
      ratio: ours.perSecond / theirs.perSecond,
    })),
    'rows/s',
  )
  for (const feed of [single, ...feeds]) await feed.check()
  console.log(
    `${[single, ...feeds].reduce((sum, feed) => sum + feed.posted, 0)} rows posted; none is lost, duplicated or out of order.`,
  )

  const year = syntheticYear({ seed: 2 })
    .series.bars.slice(-8_760)
    .map(bar => rowOf(bar, 'bench:YEAR-USD', hourMs))
  const client = new Client(url)
  const answer = await client.post(year)
  client.close()
  if (answer.status !== 200) throw new Error(answer.text)
  console.log(`A year of hourly rows in one request: ${year.length} rows in ${(answer.ms / 1_000).toFixed(2)} s.`)
  console.log(await listeners(url, 1_000, 100))
  if (options.soak > 0) console.log(await soak(url, pid, options.soak))
}

/** Posts the rows of one market in order, each after the answer to the one before. */
class Feed {
  readonly #client: Client
  readonly #url: string
  readonly #market: Market
  readonly #bars: readonly Bar[]
  posted = 0

  constructor(url: string, market: Market, bars: readonly Bar[]) {
    this.#client = new Client(url)
    this.#url = url
    this.#market = market
    this.#bars = bars
  }

  async postFor(ms: number): Promise<Peer> {
    const latencies: number[] = []
    const from = performance.now()
    while (performance.now() - from < ms) {
      const {
        status,
        text,
        ms: took,
      } = await this.#client.post(rowOf(nth(this.#bars, this.posted), this.#market, minuteMs))
      if (status !== 200) throw new Error(`${status}: ${text}`)
      this.posted++
      latencies.push(took)
    }
    const seconds = (performance.now() - from) / 1_000
    return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), perSecond: latencies.length / seconds }
  }

  /** Throws unless every posted row is stored, once and in order. */
  async check(): Promise<void> {
    let cursor = ''
    const dates: string[] = []
    do {
      const page = await fetch(`${this.#url}/api/bars?market=${this.#market}&interval=1m&limit=10000${cursor}`)
      const { bars, nextCursor } = (await page.json()) as { bars: { date: string }[]; nextCursor: string | null }
      dates.unshift(...bars.map(({ date }) => date))
      cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`
    } while (cursor !== '')
    const expected = this.#bars.slice(0, this.posted).map(({ ts }) => ts - minuteMs)
    if (dates.length !== expected.length || dates.some((date, i) => Date.parse(date) !== expected[i]))
      throw new Error(`${this.#market}: ${expected.length} rows posted, ${dates.length} stored, or in another order.`)
    this.#client.close()
  }
}

async function together(feeds: readonly Feed[]): Promise<Peer> {
  const all = await Promise.all(feeds.map(feed => feed.postFor(options.seconds * 1_000)))
  return {
    p50Ms: quantile(
      all.map(one => one.p50Ms),
      0.5,
    ),
    p99Ms: Math.max(...all.map(one => one.p99Ms)),
    perSecond: all.reduce((sum, one) => sum + one.perSecond, 0),
  }
}

interface Round {
  readonly ours: Peer
  readonly theirs: Peer
}

/** Runs both in turns, so that other load on the machine affects both. */
async function rounds(ours: () => Promise<Peer>, theirs: () => Promise<Peer>): Promise<Round[]> {
  const found: Round[] = []
  for (let i = 0; i < options.rounds; i++) found.push({ ours: await ours(), theirs: await theirs() })
  return found
}

function line(what: string, values: readonly Readonly<Record<string, number>>[], unit: string): void {
  const median = (key: string) =>
    quantile(
      values.map(one => known(one[key])),
      0.5,
    )
  const cells = Object.keys(nth(values, 0)).map(key => `${key} ${Number(median(key).toPrecision(3))}`)
  console.log(
    `${what} (${unit}): ${cells.join(', ')}; ratios ${values.map(one => known(one.ratio).toFixed(2)).join(', ')}`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'candlewatch-load-'))
// As root, the database runs as another user, who must be able to enter the folder.
chmodSync(folder, 0o755)
try {
  await main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
