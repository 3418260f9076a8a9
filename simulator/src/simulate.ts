import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type ServerProcess, startServer } from '@candlewatch/adapters/processes/server-process'
import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import type { Clock } from '@candlewatch/core/clock'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Bar, Ms } from '@candlewatch/core/types'
import { makeClient, type Timer } from './client.ts'
import { formatDuration } from './duration.ts'
import { type Env, root } from './env.ts'
import type { Options } from './options.ts'
import { replayRows } from './replay.ts'
import { type Say, shortDate } from './say.ts'
import { makePlan, type Plan, seed } from './seed.ts'
import { type Choice, chooseSource, realSources } from './source-choice.ts'
import { followReplay, makeSteering } from './steering.ts'
import { ending, makeTally, type Summary } from './summary.ts'

/** Undoes what was started; the last one added goes first. */
export type Defer = (undo: () => Promise<unknown> | unknown) => void

export interface Result {
  /** `stopped`: from the page, before the last row. */
  readonly outcome: 'finished' | 'stopped'
  readonly summary: Summary
}

/** Steady: pace and rates must not follow a wall clock that is set. */
export const steady: Clock = { now: () => performance.now() as Ms }
const timer: Timer = {
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
}
const stopPatienceMs = 2_000

/** From the source to the last answer with --once, else until stopped from the page. Rejects with the signal's reason when stopped before. */
export async function simulate(
  options: Options,
  env: Env,
  say: Say,
  signal: AbortSignal,
  defer: Defer,
): Promise<{ readonly result: Result; readonly server: ServerProcess; readonly page: string }> {
  const choice = await chooseSource(options, realSources(env.DOWNLOADS_DIR, signal), say.line)
  signal.throwIfAborted()
  say.line(`Source    ${choice.series.name}: ${choice.series.bars.length} rows of ${choice.series.market}`)
  const plan = await prepare(choice, options, env, say, defer)
  signal.throwIfAborted()

  const server = await startServer({
    entry: `${root}server/dist/main.js`,
    // Without DATABASE_URL it joins the private database, and whichever of us ends last stops that.
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
  say.line(`Model     ${server.model.name} ${server.model.version}`)
  say.line(`Page      ${page}`)
  signal.throwIfAborted()
  const result = await Promise.race([
    post(choice, plan, options, { page, apiKey: env.API_KEY ?? null }, say, signal, defer),
    server.lost,
  ])
  return { result, server, page }
}

async function prepare(choice: Choice, options: Options, env: Env, say: Say, defer: Defer): Promise<Plan> {
  const database = await openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR })
  defer(database.close)
  const { store, privateVersion } = database
  say.line(`Database  ${privateVersion === null ? 'yours (DATABASE_URL)' : database.name}`)
  const plan = await makePlan(choice.series, options, store)
  if (plan.startOver !== null) say.line(`Starting ${choice.series.market} over: ${plan.startOver}.`)
  const newest = plan.before.at(-1)
  if (newest) say.line(`Going on after ${shortDate(isoDate(newest.ts - choice.series.intervalMs))}`)
  await seed(choice.series, plan, store)
  if (plan.warmUp.length > 0) say.line(`Warm-up   ${plan.warmUp.length} rows before the first one`)
  return plan
}

async function post(
  { kind, series }: Choice,
  { rows, before }: Plan,
  { everyMs, once }: Options,
  { page, apiKey }: { readonly page: string; readonly apiKey: string | null },
  say: Say,
  signal: AbortSignal,
  defer: Defer,
): Promise<Result> {
  const { intervalMs } = series
  const tally = makeTally(series.name, steady)
  const all = [...before, ...rows]
  if (rows.length === 0) {
    say.line(`Every row of the range was answered before: ${page} shows them again, --restart starts over.`)
  }
  let retrying = false
  const client = makeClient({
    url: page.replace('localhost', '127.0.0.1').replace(/\/$/, ''),
    ...{ apiKey, intervalMs },
    timer,
    signal,
    onRetry(why, waitMs) {
      if (!retrying) say.line(`Waiting ${formatDuration(waitMs)} and trying again, nothing is lost: ${why}`)
      retrying = true
    },
  })
  const openOf = (bar: Bar | undefined) => isoDate(bar!.ts - intervalMs)
  const replay = await client.createReplay({
    market: series.market,
    interval: formatInterval(intervalMs),
    source: { kind, name: series.name },
    from: openOf(all[0]),
    to: openOf(all.at(-1)),
    state: rows.length === 0 ? 'finished' : 'playing',
    everyMs,
  })
  const steering = makeSteering(replay)
  const url = page.replace('localhost', '127.0.0.1')
  defer(followReplay(url, apiKey, replay, steering.apply))
  // Whoever watches past rows again needs us for it.
  defer(() => client.changeReplay(replay.id, { state: 'stopped' }, AbortSignal.timeout(500)).catch(() => undefined))
  signal.addEventListener('abort', () => steering.apply({ ...steering.current(), state: 'stopped' }), { once: true })

  let posted = 0
  let isFinished = rows.length === 0
  const outcome = await replayRows({
    ...{ rows: all, answered: before.length, intervalMs, client, steering, timer, clock: steady, once },
    onAnswers(verdicts) {
      retrying = false
      tally.answered(verdicts)
      for (const verdict of verdicts) say.verdict(verdict, before.length + ++posted, all.length)
    },
    onFailure(bar, why) {
      posted += 1
      tally.failed()
      say.failure(bar, intervalMs, why)
    },
    onFinished() {
      if (!once && !isFinished) say.line(ending('finished', tally.summary(), page))
      isFinished = true
    },
  })
  signal.throwIfAborted()
  return { outcome, summary: tally.summary() }
}
