import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import type { Store } from '@candlewatch/adapters/stores/store'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { loadModel } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { isoDate } from '@candlewatch/core/interval'
import { known, nth } from '@candlewatch/core/nth'
import { makeRng } from '@candlewatch/core/stats/rng'
import { minuteMs, type Stream } from '@candlewatch/core/time'
import type { Bar, Market, Ms } from '@candlewatch/core/types'
import { checkStream } from '@candlewatch/lab/parity/stream'
import { Command } from 'commander'
import { atLeast, median } from './figures.ts'
import { type BenchServer, startBenchServer } from './server-process.ts'

interface Options {
  readonly server: number
  readonly database: number
  readonly bars: number
  readonly rows: number
  readonly seed: number
}

const fewestRows = 10

const {
  server: serverKills,
  database: databaseKills,
  bars: storedBars,
  rows: mostRows,
  seed,
} = new Command()
  .name('npm run crash --')
  .description(
    'Kills the server and its database at random moments while clients post rows, and checks that no row is lost.',
  )
  .option('--server <count>', 'how many times the server is killed (SIGKILL)', atLeast(0), 50)
  .option('--database <count>', 'how many times PostgreSQL is killed (SIGKILL)', atLeast(0), 10)
  .option('--bars <count>', 'how many bars of another market are stored beforehand', atLeast(0), 100_000)
  .option(
    '--rows <count>',
    `how many rows are answered at most between two kills; ${fewestRows} are always`,
    atLeast(fewestRows),
    250,
  )
  .option('--seed <number>', 'seed of the moments', atLeast(0), 1)
  .parse()
  .opts<Options>()

const folder = mkdtempSync(join(tmpdir(), 'candlewatch-crash-'))
// As root, the database runs as another user, who must be able to enter the folder.
chmodSync(folder, 0o755)
const dataDir = join(folder, 'postgres')
const models = fileURLToPath(new URL('../../models', import.meta.url))
const markets: readonly Market[] = ['crash:A-USD', 'crash:B-USD', 'crash:C-USD']
const rng = makeRng(seed)

async function main(): Promise<number> {
  const database = await openDatabase({ url: undefined, dataDir })
  try {
    return await killAndCheck(database.store)
  } finally {
    await database.close()
  }
}

async function killAndCheck(store: Store): Promise<number> {
  const to = (Date.UTC(2021, 0, 1) + (storedBars + 20_000) * minuteMs) as Ms
  const { series } = syntheticYear({ to, intervalMs: minuteMs })
  const filler: Stream = { market: 'crash:STORED-USD', intervalMs: minuteMs }
  await store.appendWarmUp(
    filler,
    series.bars.slice(0, storedBars).map(bar => ({ ...bar, market: filler.market })),
  )
  const run = new Run(series.bars)
  await run.start()
  const clients = markets.map(market => run.post(market))
  await run.killAll()
  run.isOver = true
  await Promise.all(clients)
  await run.server.stop()
  const faults = await run.check(store)
  console.log(run.report())
  for (const fault of faults) console.error(fault)
  return faults.length > 0 ? 1 : 0
}

class Run {
  readonly #bars: readonly Bar[]
  readonly #answered = new Map<Market, string[]>(markets.map(market => [market, []]))
  readonly #readyMs: number[] = []
  readonly #awayMs: number[] = []
  readonly #refusals: { readonly ms: number; readonly retryAfter: string | null }[] = []
  #cut = 0
  server!: BenchServer
  isOver = false

  constructor(bars: readonly Bar[]) {
    this.#bars = bars
  }

  async start(): Promise<void> {
    this.server = await startBenchServer({ DATA_DIR: dataDir, ALARMS_PER_WEEK: '1' })
    this.#readyMs.push(this.server.readyMs)
  }

  /** One row after the other; one that was not answered is sent again until it is. */
  async post(market: Market): Promise<void> {
    const answers = known(this.#answered.get(market))
    for (let at = 0; !this.isOver && at < this.#bars.length; ) {
      const answer = await this.#send(rowOf(nth(this.#bars, at), market))
      if (answer === null) await wait(5)
      else {
        answers.push(answer)
        at++
      }
    }
  }

  async #send(row: object): Promise<string | null> {
    const from = performance.now()
    try {
      const body = JSON.stringify(row)
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${this.server.url}/predict_anomaly`, { method: 'POST', headers, body })
      const text = await response.text()
      if (response.status === 200) return text
      if (response.status !== 503) throw new Error(`${response.status}: ${text}`)
      this.#refusals.push({ ms: performance.now() - from, retryAfter: response.headers.get('retry-after') })
    } catch (error) {
      // The connection was cut: by us, and then the answer is not known.
      if (!(error instanceof TypeError)) throw error
      this.#cut++
    }
    return null
  }

  async killAll(): Promise<void> {
    const kinds = [...Array(serverKills).fill('server'), ...Array(databaseKills).fill('database')] as const
    for (const kind of shuffled(kinds)) {
      await this.#untilAnswered(fewestRows + Math.floor((mostRows - fewestRows + 1) * rng.uniform()))
      if (kind === 'server') {
        await this.server.stop({ signal: 'SIGKILL' })
        await this.start()
      } else await this.#killDatabase()
    }
    await this.#untilAnswered(fewestRows)
  }

  /** Waits until clients have been answered this many more rows, then some milliseconds, so that a kill comes anywhere in a request. */
  async #untilAnswered(rows: number): Promise<void> {
    const until = this.#answeredRows() + rows
    while (this.#answeredRows() < until) await wait(2)
    await wait(10 * rng.uniform())
  }

  #answeredRows(): number {
    return [...this.#answered.values()].reduce((sum, answers) => sum + answers.length, 0)
  }

  async #killDatabase(): Promise<void> {
    const from = performance.now()
    process.kill(Number(readFileSync(join(dataDir, 'data/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
    // Until it answers again, and by itself.
    do await wait(20)
    while (!(await fetch(`${this.server.url}/readyz`).then(response => response.ok)))
    this.#awayMs.push(performance.now() - from)
  }

  /** Against what is stored, against an undisturbed run, and by parity. Answers with what is wrong. */
  async check(store: Store): Promise<readonly string[]> {
    await startBackend()
    const model = await loadModel(await readArtifact(models, 'btc-usd-1h'))
    const faults: string[] = []
    for (const [market, answers] of this.#answered) {
      const stream: Stream = { market, intervalMs: minuteMs }
      const stored = (await store.judged(stream, 0, Number.MAX_SAFE_INTEGER)).map(({ body }) => body)
      const pipeline = makePipeline({ ...stream, alarmsPerWeek: 1 }, model)
      const undisturbed = this.#bars
        .slice(0, stored.length)
        .map(bar => JSON.stringify(pipeline.step({ ...bar, market })))
      const shown = stored.map(body => JSON.stringify(verdictAnswer(JSON.parse(body))))
      const lost = answers.findIndex((answer, i) => answer !== shown[i])
      if (lost >= 0) faults.push(`${market}: answer ${lost} is not what is stored in its place.`)
      // The last row may have been stored and not answered.
      if (stored.length - answers.length > 1)
        faults.push(`${market}: ${stored.length} stored, ${answers.length} answered.`)
      const other = stored.findIndex((body, i) => body !== undisturbed[i])
      if (other >= 0) faults.push(`${market}: verdict ${other} is not that of an undisturbed run.`)
      const parity = await checkStream(store, stream, async (_, of) => makePipeline({ ...of, alarmsPerWeek: 0 }, model))
      if (parity.difference || parity.compared !== stored.length) faults.push(`${market}: ${JSON.stringify(parity)}`)
    }
    if (this.#refusals.some(({ retryAfter }) => retryAfter === null)) faults.push('A 503 came without Retry-After.')
    return faults
  }

  report(): string {
    const rows = this.#answeredRows()
    const of = (values: readonly number[]) =>
      values.length === 0 ? '–' : `${Math.round(median(values))} ms, at most ${Math.round(Math.max(...values))}`
    return [
      `${rows} rows answered; the server killed ${serverKills} times, PostgreSQL ${databaseKills} times (seed ${seed}).`,
      `${this.#cut} requests cut off, ${this.#refusals.length} refused with 503, each sent again.`,
      `Start to ready with ${storedBars} bars stored: ${of(this.#readyMs)}.`,
      `PostgreSQL killed to ready again: ${of(this.#awayMs)}.`,
      `A refusal while it was away took ${of(this.#refusals.map(({ ms }) => ms))}.`,
    ].join('\n')
  }
}

function rowOf({ ts, open, high, low, close, volume }: Bar, market: Market): object {
  return { market, interval: '1m', date: isoDate(ts - minuteMs), open, high, low, close, volume }
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map(value => ({ value, key: rng.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
}

try {
  process.exitCode = await main()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
