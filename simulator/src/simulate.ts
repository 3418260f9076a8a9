import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type ServerProcess, startServer } from '@candlewatch/adapters/processes/server-process'
import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import type { VerdictAnswer as Verdict } from '@candlewatch/api/verdict'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms } from '@candlewatch/core/types'
import { makeClient, type Timer } from './client.ts'
import { type Env, root } from './env.ts'
import type { Options } from './options.ts'
import { formatDuration, type Printer, shortDate } from './printer.ts'
import { replayRows } from './replay.ts'
import { type Seeded, seed } from './seed.ts'
import { type Choice, chooseSource, realSources } from './source-choice.ts'
import { followReplay, makeSteering } from './steering.ts'
import { ending, makeTally, type Summary } from './summary.ts'

/** The parts of a simulation. */
export interface SimulateParts {
  readonly options: Options
  readonly env: Env
  readonly printer: Printer
  /** Aborting it stops the run; `simulate` then rejects with its reason. */
  readonly signal: AbortSignal
  /** Remembers how to undo what was started; the last one added is undone first. */
  readonly defer: (undo: () => Promise<unknown> | unknown) => void
}

/** How a replay ended. */
export interface Result {
  /** `stopped`: from the page, before the last row. */
  readonly outcome: 'finished' | 'stopped'
  readonly summary: Summary
}

/** A simulation whose rows are answered; its server still runs. */
export interface Simulation {
  readonly result: Result
  readonly server: ServerProcess
  /** The address of the web page. */
  readonly page: string
}

/** A steady clock: pace and rates must not change when the wall clock is set. */
export const steady: Clock = { now: () => performance.now() as Ms }
const timer: Timer = {
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
}
const stopPatienceMs = 2_000
const lastChangePatienceMs = 500

/** Starts database and server and replays the rows: with --once until the last answer, else until it is stopped from the page. */
export async function simulate(parts: SimulateParts): Promise<Simulation> {
  const { options, env, printer, signal, defer } = parts
  const choice = await chooseSource(options, realSources(env.DOWNLOADS_DIR, signal), printer.line)
  signal.throwIfAborted()
  const { name, bars, market } = choice.series
  printer.line(`Source    ${name}: ${bars.length} rows of ${market}`)
  const seeded = await openSeeded(choice, parts)
  let next = await seeded()
  signal.throwIfAborted()

  const server = await startServer({
    entry: `${root}server/dist/main.js`,
    // Without DATABASE_URL the server joins the private database, and whichever process ends last stops that.
    env: {
      ...env.inherited,
      DATA_DIR: env.DATA_DIR,
      PORT: String(options.port),
      ...(options.alarmsPerWeek !== null && { ALARMS_PER_WEEK: String(options.alarmsPerWeek) }),
      LOG_LEVEL: env.LOG_LEVEL,
    },
    logFile: join(dirname(env.DATA_DIR), 'server.log'),
    signal,
  })
  defer(() => server.stop({ patienceMs: stopPatienceMs }))
  const page = `http://localhost:${server.port}/`
  printer.line(`Page      ${page}`)
  signal.throwIfAborted()
  for (;;) {
    try {
      const posted = post({ ...parts, ...next, kind: choice.kind, page, url: server.url })
      return { result: await Promise.race([posted, server.lost]), server, page }
    } catch (error) {
      if (!(error instanceof CandlewatchError && error.code === 'ERR_REPLAY_DISPLACED')) throw error
      printer.line(
        `Rows of another source came to ${next.series.market}: the replay starts over in a market of its own.`,
      )
      next = await seeded()
    }
  }
}

/** Opens the database. Returns the function that prepares it for a run, in a market where only replays write. */
async function openSeeded(
  { series }: Choice,
  { options, env, printer, defer }: SimulateParts,
): Promise<() => Promise<Seeded>> {
  const database = await openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR })
  defer(database.close)
  const { store, privateVersion } = database
  printer.line(`Database  ${privateVersion === null ? 'your own (DATABASE_URL)' : database.name}`)
  return async () => {
    const seeded = await seed(series, options, store)
    const { plan, series: named } = seeded
    if (named.market !== series.market) {
      printer.line(`Market    ${named.market}: ${series.market} has rows that no replay sent. They stay as they are.`)
    }
    if (plan.startOver !== null) printer.line(`Starting ${named.market} over: ${plan.startOver}.`)
    const newest = plan.before.at(-1)
    if (newest) printer.line(`Continuing after ${shortDate(isoDate(openOf(newest, series.intervalMs)))}`)
    if (plan.warmUp.length > 0) printer.line(`Warm-up   ${plan.warmUp.length} rows before the first one`)
    return seeded
  }
}

interface PostParts extends SimulateParts, Seeded {
  readonly kind: Choice['kind']
  readonly page: string
  /** The address of the server. */
  readonly url: string
}

async function post(parts: PostParts): Promise<Result> {
  const { kind, series, plan, options, env, page, url, printer, signal, defer } = parts
  const { rows, before } = plan
  const { everyMs, once } = options
  const { intervalMs } = series
  const apiKey = env.API_KEY ?? null
  const tally = makeTally(series.name, steady)
  const all = [...before, ...rows]
  if (rows.length === 0) {
    printer.line(
      `All rows of the range were answered in an earlier run. ${page} can show them again; --restart starts over.`,
    )
  }
  let isRetrying = false
  const client = makeClient({
    url,
    apiKey,
    intervalMs,
    timer,
    signal,
    onRetry(why, waitMs) {
      if (!isRetrying) printer.line(`Retrying in ${formatDuration(waitMs)}, no row is lost: ${why}`)
      isRetrying = true
    },
  })
  const dateOf = (bar: Bar | undefined) => (bar ? isoDate(openOf(bar, intervalMs)) : '')
  const replay = await client.createReplay({
    market: series.market,
    interval: formatInterval(intervalMs),
    source: { kind, name: series.name },
    from: dateOf(all[0]),
    to: dateOf(all.at(-1)),
    state: rows.length === 0 ? 'finished' : 'playing',
    everyMs,
  })
  const steering = makeSteering(replay)
  defer(followReplay(url, apiKey, replay, steering.apply))
  // Pages can show past rows again only while this process runs.
  const lastChange = () => AbortSignal.timeout(lastChangePatienceMs)
  const stop = () => client.changeReplay(replay.id, { state: 'stopped' }, lastChange()).catch(() => undefined)
  defer(stop)
  signal.addEventListener('abort', () => steering.apply({ ...steering.current(), state: 'stopped' }), { once: true })

  let posted = 0
  let model: string | null = null
  let isFinished = rows.length === 0
  const outcome = await replayRows({
    rows: all,
    answered: before.length,
    intervalMs,
    client,
    steering,
    timer,
    clock: steady,
    once,
    onAnswers(verdicts) {
      isRetrying = false
      tally.answered(verdicts)
      for (const verdict of verdicts) {
        sayModel(verdict)
        printer.verdict(verdict, before.length + ++posted, all.length)
      }
    },
    onFailure(bar, why) {
      posted += 1
      tally.failed()
      printer.failure(bar, intervalMs, why)
    },
    onFinished() {
      if (!once && !isFinished) printer.line(ending('finished', tally.summary(), page))
      isFinished = true
    },
  }).catch(async error => {
    if (!signal.aborted) await stop()
    throw error
  })
  signal.throwIfAborted()
  return { outcome, summary: tally.summary() }

  /** The server chooses a model when the first row comes, and another one may be promoted. */
  function sayModel({ model: { name, version } }: Verdict): void {
    const found = `${name} ${version}`
    if (found !== model) printer.line(`Model     ${found}`)
    model = found
  }
}
