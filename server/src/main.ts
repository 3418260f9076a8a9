import { inspect } from 'node:util'
import { CandlewatchError } from '@candlewatch/core/errors'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Ms, Verdict } from '@candlewatch/core/types'
import { makeAccess } from './access/access.ts'
import { makeApp } from './app.ts'
import { openBudgets } from './budget/budget.ts'
import { makeFeeds, restoreFeeds } from './feeds/feeds.ts'
import { listen } from './http/listen.ts'
import { makeImports } from './imports/imports.ts'
import { makeLive } from './judging/live.ts'
import { currentModel, openModels } from './models/models.ts'
import { openModel } from './models/open-model.ts'
import { promotionRule } from './models/promotion-rule.ts'
import { makeRetrain } from './models/retrain.ts'
import { trainOn } from './models/trainer.ts'
import { makeTrial } from './models/trial.ts'
import { meteredLive, meteredModel, meteredStore } from './operations/metered.ts'
import { makeMetrics } from './operations/metrics.ts'
import { observe } from './operations/metrics-state.ts'
import { startRetention } from './operations/retention.ts'
import { openDatabase } from './platform/database.ts'
import { childEnv, type Env, readEnv, trainerScript } from './platform/env.ts'
import { type Log, makeLog, withoutSecrets } from './platform/log.ts'
import { version as programVersion } from './platform/version.ts'
import { makeStreamHub } from './stream/stream.ts'

type Closer = () => Promise<unknown> | unknown
const closers: Closer[] = []
let stopping = false
const longestStopMs = 10_000

try {
  const env = readEnv()
  await start(env, makeLog(env.LOG_LEVEL))
} catch (error) {
  // One line for what the user can mend; the stack for what only we can.
  console.error(withoutSecrets(error instanceof CandlewatchError ? `${error.code}: ${error.message}` : inspect(error)))
  await stop(1)
}

async function start(env: Env, log: Log): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0, log, signal))
  // Whoever spawned this server is gone, however it ended.
  process.on('disconnect', () => void stop(0, log, 'whoever started it is gone'))

  const database = await openDatabase(env.DATABASE_URL, env.DATA_DIR)
  closers.push(database.close)
  const backend = await startBackend()
  const clock = { now: () => Date.now() as Ms }
  const { store } = database
  const metrics = makeMetrics()
  const access = await makeAccess(env, store, clock)
  const feeds = makeFeeds({
    clock,
    announce(feed) {
      hub.publishFeed(feed)
      log[feed.state === 'stale' ? 'warn' : 'info']({ market: feed.market, interval: feed.interval }, feed.evidence)
    },
  })
  await restoreFeeds(feeds, store)
  const hub = makeStreamHub(store, { staleFeed: feeds.stale, training: () => retrain.training() })
  const budgets = await openBudgets({
    ...{ store, clock, log },
    alarmsPerWeek: env.ALARMS_PER_WEEK,
    feedShare: env.FEED_SHARE,
    changed: hub.publishBudget,
  })
  const alarmsPerWeek = () => budgets.current().alarmsPerWeek
  const registry = await openModels({
    ...{ store, clock, log },
    modelsDir: env.MODELS_DIR,
    name: env.MODEL,
    open: openModel(budgets),
    changed: hub.publishModel,
  })
  const live = makeLive({
    store: meteredStore(store, metrics),
    alarmsPerWeek,
    currentModel: () => meteredModel(currentModel(registry), metrics),
    publish(stream, committed) {
      for (const { verdict } of committed) {
        metrics.judged(verdict)
        if (verdict.isAnomaly) log.info(alarmLine(verdict), verdict.because)
      }
      feeds.accepted(stream, committed)
      hub.publish(stream, committed)
    },
    repeated: feeds.repeated,
  })
  const rule = promotionRule({ when: env.PROMOTE_RULE, marginPercent: env.PROMOTE_MARGIN, alarmsPerWeek })
  const trial = makeTrial({ store, rule, clock })
  const retrain = makeRetrain({
    cron: env.RETRAIN_CRON,
    models: registry,
    train: trainOn({ script: trainerScript, modelsDir: env.MODELS_DIR, env: childEnv(database.url) }),
    changed: hub.publishTraining,
    ...{ trial, clock, log },
  })
  closers.push(retrain.close)
  closers.push(startRetention({ days: env.RETENTION_DAYS, store, clock, log }))
  const counted = meteredLive(live, metrics)
  const imports = makeImports({ live: counted, store, clock, log, changed: hub.publishImport })
  const app = makeApp({
    live: counted,
    access,
    ...{ feeds, metrics, store, hub, budgets, imports, registry, retrain, trial, log, clock },
    watch: { model: () => registry.champion().manifest, alarmsPerWeek },
    health: {
      checks: [
        { name: 'database', check: store.ping },
        { name: 'migrations', check: database.migrated },
        { name: 'model', check: async () => registry.champion().manifest },
      ],
      isStopping: () => stopping,
    },
    webDir: env.WEB_DIR,
  })
  for (const feed of feeds.list()) metrics.knows(feed)
  observe(metrics, {
    ...{ feeds: feeds.list, listeners: hub.listeners, pool: () => store.pool, alarmsPerWeek },
    model: () => registry.champion().manifest,
    build: { version: programVersion, backend: backend.name },
  })
  const watchFeeds = setInterval(feeds.check, 1_000)
  closers.push(() => clearInterval(watchFeeds))
  const { port, drain } = await listen(app, env.PORT, env.HOST)
  closers.push(() => {
    hub.close()
    // Together: the server waits for requests that the engine must first let go.
    return Promise.all([imports.close(), live.close(), drain()])
  })
  const { name, version } = registry.champion().manifest
  log.info(
    { version: programVersion, node: process.version, database: database.name, model: `${name} ${version}`, backend },
    `listening on http://${shownHost(env.HOST)}:${port}/ (${access.said})`,
  )
  process.send?.({ ready: true, port, model: { name, version } })
}

/** Last opened, first closed. Asked a second time, or when it takes too long, it ends at once. */
async function stop(code: number, log?: Log, because?: string): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  const from = performance.now()
  log?.info({ because }, 'stopping')
  setTimeout(() => {
    log?.error(`not stopped within ${longestStopMs / 1_000} s: ended at once`)
    process.exit(1)
  }, longestStopMs).unref()
  for (const close of closers.reverse()) {
    try {
      await close()
    } catch (error) {
      console.error(error)
      code = 1
    }
  }
  log?.info({ ms: Math.round(performance.now() - from), code }, 'stopped')
  process.exit(code)
}

function alarmLine({ market, interval, date, severity, pValue, alarmsPerWeek }: Verdict) {
  return { market, interval, date, severity, pValue, alarmsPerWeek }
}

function shownHost(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
