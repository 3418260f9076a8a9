import { hostname } from 'node:os'
import type { Source } from '@candlewatch/adapters/sources/source'
import type { PostgresStore } from '@candlewatch/adapters/stores/postgres/store'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { Clock } from '@candlewatch/core/clock'
import { mainModel } from '@candlewatch/core/forecast/model-choice'
import { nextOpenOf } from '@candlewatch/core/verdict'
import type { Application } from 'express'
import type { Access } from './access/access.ts'
import { makeApp } from './app.ts'
import { type Feeds, makeFeeds, restoreFeeds } from './feeds/feeds.ts'
import { startSources } from './feeds/source-runner.ts'
import { makeImports } from './imports/imports.ts'
import { shareImports } from './imports/shared-imports.ts'
import { type Job, makeJobRunner } from './jobs/job-runner.ts'
import { findFillable } from './judging/correct.ts'
import { warmUp } from './judging/engine.ts'
import { type Live, makeLive } from './judging/live.ts'
import type { Refused } from './judging/predict-anomaly.ts'
import { checkRow, timeFault } from './judging/row-check.ts'
import { makeAdmission } from './markets/admission.ts'
import type { ModelFoldersParts } from './models/model-folders.ts'
import { currentModel, type ModelRegistry, openModelRegistry } from './models/model-registry.ts'
import { promotionRule } from './models/promotion-rule.ts'
import { makeTrainings, type Trainings, type TrainingsParts } from './models/trainings.ts'
import { makeTrial } from './models/trial.ts'
import { logEvents } from './operations/event-log.ts'
import type { Check } from './operations/health.ts'
import { meteredCommits, meteredLive, meteredModel } from './operations/metered.ts'
import { makeMetrics } from './operations/metrics.ts'
import { observe } from './operations/metrics-state.ts'
import { retentionJob } from './operations/retention.ts'
import { followOthers } from './ownership/follow-others.ts'
import { makeForward } from './ownership/forward.ts'
import { forwardedRoute } from './ownership/forwarded-route.ts'
import { openMembership } from './ownership/membership.ts'
import { makeExchange } from './ownership/notices.ts'
import { makeOwnedLive } from './ownership/owned-live.ts'
import { makeVerdictsElsewhere } from './ownership/verdicts-elsewhere.ts'
import type { Env } from './platform/env.ts'
import { makeEventBus } from './platform/events.ts'
import type { Log } from './platform/log.ts'
import { type MemoryLimits, memoryLimits } from './platform/memory-limits.ts'
import { version } from './platform/version.ts'
import { openSettings, type Settings } from './settings/settings.ts'
import { shownBudget, shownSettings } from './settings/shown.ts'
import { makeStreamHub } from './stream/hub.ts'
import { type StreamOptions, streamRoute } from './stream/stream-route.ts'
import { makeProfiles } from './told/profiles.ts'
import { publishTold } from './told/publish-told.ts'
import { makeTeller, type Teller } from './told/teller.ts'

/** The parts that differ between the program and the tests. */
export interface AssembleParts {
  readonly env: Env
  readonly clock: Clock
  readonly log: Log
  readonly access: Access
  /** PostgreSQL also reports the state of its connections and can drop old years. */
  readonly store: Store & Partial<Pick<PostgresStore, 'pool' | 'dropYears'>>
  /** Makes the function that opens a model's files; its pipelines start with the budget in force. */
  openModel(settings: Settings): ModelFoldersParts['open']
  readonly train: TrainingsParts['train']
  /** Sources of rows besides HTTP and files. They are read once `start` is called. */
  readonly sources: readonly Source[]
  /** Checks of `/readyz` besides the database and the model. */
  readonly checks: readonly Check[]
  /** The backend that computes the forecasts, for the metrics. */
  readonly backend: string
  /** Once true, `/readyz` refuses traffic. */
  isStopping(): boolean
  /** Replaces the trial over the last 30 days of stored bars. */
  readonly trial?: TrainingsParts['trial']
  readonly stream?: StreamOptions
  /** Replaces the limits that follow from the size of the heap. */
  readonly memory?: MemoryLimits
}

/** The connected server; it does not listen yet. */
export interface Assembled {
  readonly app: Application
  readonly live: Live
  readonly feeds: Feeds
  readonly registry: ModelRegistry
  readonly teller: Teller
  /** Tells the other servers of the database where this one is reached. Until then they cannot forward rows to it. */
  listensAt(address: string): Promise<void>
  /** Starts what happens without a request: sources, jobs, and the checks for overdue feeds and promotions. */
  start(): void
  /** Ends every event stream, refuses new rows, and resolves when all work has ended. */
  close(): Promise<void>
}

const feedCheckMs = 1_000
const modelCheckMs = 5_000

/**
 * The only place that connects the server's parts, for the program and for the tests. Parts that cause something publish
 * it on the event bus; parts that react subscribe to it. Neither knows the other.
 */
export async function assemble(parts: AssembleParts): Promise<Assembled> {
  const { env, store, clock, log, access } = parts
  const events = makeEventBus(log)
  const metrics = makeMetrics()
  const exchange = makeExchange(store, log)

  const feeds = makeFeeds({ clock, announce: feed => events.publish('feed', feed) })
  await restoreFeeds(feeds, store)
  const settings = await openSettings({
    store,
    clock,
    log,
    alarmsPerWeek: env.ALARMS_PER_WEEK,
    feedShare: env.FEED_SHARE,
    changed: budget => events.publish('budget', shownBudget(budget)),
    streamChanged: record => events.publish('settings', shownSettings(record)),
    added: () => exchange.send('budget', null),
  })
  const alarmsPerWeek = () => settings.general().alarmsPerWeek
  const registry = await openModelRegistry({
    store,
    clock,
    log,
    modelsDir: env.MODELS_DIR,
    cacheDir: env.MODELS_CACHE_DIR,
    name: env.MODEL ?? mainModel,
    isSet: env.MODEL !== undefined,
    open: parts.openModel(settings),
    changed(model) {
      events.publish('model', model)
      exchange.send('model', null)
    },
  })
  const champion = () => registry.champion().manifest

  // Subscribers of an event are called in this order: it is counted and logged before it is sent.
  events.on('judged', ({ committed }) => committed.forEach(metrics.judged))
  logEvents(log, events)
  events.on('judged', ({ stream, committed }) => feeds.accepted(stream, committed))
  events.on('repeated', ({ stream, bars }) => feeds.repeated(stream, bars))
  events.on('withdrawn', ({ stream, newest }) => feeds.withdrawn(stream, newest))
  events.on('removed', ({ stream }) => feeds.forget(stream))
  // A market that is deleted loses its settings.
  events.on('removed', () => void settings.refresh().catch(err => log.debug({ err }, 'settings could not be read')))
  events.on('refused', ({ stream, openMs, error }) => feeds.refused(stream, openMs, error))
  const memory = parts.memory ?? memoryLimits()
  const hub = makeStreamHub(events, memory)

  const elsewhere = makeVerdictsElsewhere({
    store,
    hub,
    publish: (stream, committed) => events.publish('judgedElsewhere', { stream, committed }),
    log,
  })
  events.on('judged', ({ stream, committed }) => {
    const [first, last] = [committed[0], committed.at(-1)]
    if (!first || !last) return
    elsewhere.published(stream, last.seq)
    const { ts } = last.verdict
    exchange.send('verdicts', {
      stream,
      afterSeq: first.seq - 1,
      seq: last.seq,
      ts,
      nextOpen: nextOpenOf(last.verdict),
    })
  })
  const members = await openMembership({ store, log, changed: elsewhere.missed })
  /** The judge of this server's streams. Its writes carry the epoch. */
  const makeJudge = (epoch: number): Live => {
    const writes = store.writesOf(epoch)
    const judge = makeLive({
      store: { ...store, ...writes },
      commits: meteredCommits(writes, metrics),
      budget: settings.budgetOf,
      engineSettings: settings.of,
      admit: makeAdmission(store, env.MAX_MARKETS),
      currentModel: stream => meteredModel(currentModel(registry, stream), metrics),
      publish: (stream, committed) => events.publish('judged', { stream, committed }),
      repeated: (stream, bars) => events.publish('repeated', { stream, bars }),
      withdrawn(stream, newest) {
        events.publish('withdrawn', { stream, newest })
        exchange.send('withdrawn', { stream })
      },
    })
    return meteredLive(judge, metrics)
  }
  const profiles = makeProfiles(store, clock)
  const told = publishTold({ store, profiles, events, log })
  const teller = makeTeller({
    store,
    profiles,
    leastSizePercent: stream => settings.of(stream).leastSizePercent,
    decided(records) {
      told.show(records)
      for (const { profile, incident } of records) {
        const { n, at } = incident
        exchange.send('told', { id: `${profile} ${n}`, profile, n, at })
      }
    },
    log,
  })
  events.on('judged', ({ stream, committed }) => {
    if (committed.some(({ episodes }) => episodes.length > 0)) teller.take(stream)
  })
  const forward = makeForward()
  const live = makeOwnedLive({ members, store, forward, makeJudge, taken: elsewhere.catchUp })
  const refused: Refused = (stream, openMs, error) => events.publish('refused', { stream, openMs, error })
  const importsHere = makeImports({
    live,
    store,
    clock,
    log,
    checkTime: timeFault,
    fillableAfter: async stream => (await findFillable(store, stream))?.afterTs ?? null,
    changed(job) {
      events.publish('import', job)
      exchange.send('import', job)
      void imports.save(job)
    },
  })
  const imports = shareImports({
    here: importsHere,
    store,
    epoch: members.epoch,
    stopElsewhere: id => exchange.send('stopImport', { id }),
    log,
  })
  exchange.on('stopImport', ({ id }) => void importsHere.stop(id))

  const rule = promotionRule({ when: env.PROMOTE_RULE, marginPercent: env.PROMOTE_MARGIN, alarmsPerWeek })
  const trial = parts.trial ?? makeTrial({ store, rule, clock, warmUp })
  const trainings = makeTrainings({
    models: registry,
    train: parts.train,
    trial,
    clock,
    log,
    changed: training => events.publish('training', training),
  })

  const jobs = makeJobRunner({ jobs: jobsOf(parts, trainings), store, by: processName, log })

  for (const feed of feeds.list()) metrics.knows(feed)
  observe(metrics, {
    feeds: feeds.list,
    listeners: hub.listeners,
    pool: () => store.pool ?? null,
    jobs: jobs.known,
    alarmsPerWeek,
    model: champion,
    build: { version, backend: parts.backend },
  })

  const app = makeApp({
    access,
    live,
    forwarded: forwardedRoute({ forwarded: live.forwarded, settings, key: members.key, log }),
    refused,
    feeds,
    store,
    stream: streamRoute({
      ...parts.stream,
      store,
      hub,
      follow: elsewhere.follow,
      staleFeed: feeds.stale,
      training: trainings.current,
      failed(err) {
        metrics.streamFailed()
        log.warn({ err }, 'a stream client was disconnected: it could not catch up')
      },
    }),
    replayChanged(replay) {
      events.publish('replay', replay)
      exchange.send('replay', { id: replay.id })
    },
    profiles,
    settings: {
      ...settings,
      async changeGeneral(change) {
        const budget = await settings.changeGeneral(change)
        await forward.budget(members.peers())
        return budget
      },
      async change(stream, change) {
        await settings.change(stream, change)
        await forward.budget(members.peers())
      },
    },
    imports,
    registry,
    trainings,
    jobs,
    trial,
    clock,
    log,
    watch: { modelFor: registry.modelFor, alarmsPerWeek: stream => settings.budgetOf(stream).alarmsPerWeek },
    marketRemoved(stream) {
      events.publish('removed', { stream })
      exchange.send('removed', { stream })
    },
    metrics,
    health: {
      checks: [
        { name: 'database', check: () => store.ping() },
        ...parts.checks,
        { name: 'model', check: async () => registry.check() },
      ],
      isStopping: parts.isStopping,
    },
    webDir: env.WEB_DIR,
    memory,
  })

  followOthers({ exchange, events, members, settings, registry, feeds, verdicts: elsewhere, told, store, log })
  exchange.send('servers', null)

  /** Stores what is being judged, then lets other servers take over at once. */
  async function giveUp(): Promise<void> {
    await live.close()
    await members.leave()
    exchange.send('servers', null)
  }

  let feedTimer: NodeJS.Timeout | undefined
  let modelTimer: NodeJS.Timeout | undefined
  let endSources = async () => {}
  return {
    app,
    live,
    feeds,
    registry,
    teller,
    listensAt: members.listensAt,
    start() {
      endSources = startSources(parts.sources, { check: checkRow, answer: live.answer, refused, clock, log })
      feedTimer = setInterval(feeds.check, feedCheckMs)
      // Another server may have promoted a version. While the database does not answer, `/readyz` says so.
      modelTimer = setInterval(() => void registry.refresh().catch(() => {}), modelCheckMs)
      jobs.start()
      teller.catchUp()
    },
    async close() {
      hub.close()
      clearInterval(feedTimer)
      clearInterval(modelTimer)
      await Promise.all([endSources(), imports.close(), giveUp(), jobs.close().then(trainings.close)])
      await teller.close()
      elsewhere.close()
      await exchange.close()
    },
  }
}

/** The name of this process among those on its database. */
const processName = `${hostname()}/${process.pid}`

/** What this server runs on a schedule, by its settings. */
function jobsOf({ env, store, clock }: AssembleParts, trainings: Trainings): readonly Job[] {
  const jobs: Job[] = []
  if (env.RETENTION_DAYS !== undefined && store.dropYears) {
    jobs.push(retentionJob({ days: env.RETENTION_DAYS, dropYears: store.dropYears, clock }))
  }
  if (env.RETRAIN_CRON !== undefined) {
    jobs.push({
      name: 'training',
      schedule: env.RETRAIN_CRON,
      firstRun: 'on schedule',
      // It takes minutes of every core: better at its time than at any.
      ifMissed: 'skip',
      run: trainings.scheduled,
    })
  }
  return jobs
}
