import { randomUUID } from 'node:crypto'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { Clock } from '@candlewatch/core/clock'
import type { Stream } from '@candlewatch/core/time'
import type { Replay } from '@candlewatch/core/types'
import express, { type Application, type RequestHandler, type Router } from 'express'
import helmet from 'helmet'
import type { Access } from './access/access.ts'
import { entryChecks } from './access/entry-checks.ts'
import { feeds } from './feeds/feed-routes.ts'
import type { Feeds } from './feeds/feeds.ts'
import { bars } from './history/bars.ts'
import { barsCsv } from './history/bars-csv.ts'
import { coverage } from './history/coverage.ts'
import { episodes } from './history/episodes.ts'
import { faults } from './history/faults.ts'
import { labels } from './history/labels.ts'
import { verdicts } from './history/verdicts.ts'
import { bounded } from './http/in-flight.ts'
import { openapi } from './http/openapi.ts'
import { page } from './http/page.ts'
import { notFound, problems } from './http/problem.ts'
import { imports } from './imports/import-routes.ts'
import type { SharedImports } from './imports/shared-imports.ts'
import { jobs } from './jobs/job-routes.ts'
import type { JobRunner } from './jobs/job-runner.ts'
import { corrections } from './judging/corrections.ts'
import type { Live } from './judging/live.ts'
import { predictAnomaly, type Refused } from './judging/predict-anomaly.ts'
import { whatIf } from './judging/what-if.ts'
import { markets, type Watch } from './markets/markets.ts'
import type { ModelRegistry } from './models/model-registry.ts'
import { models } from './models/model-routes.ts'
import { training } from './models/training-routes.ts'
import type { Trainings, TrainingsParts } from './models/trainings.ts'
import { type HealthParts, health } from './operations/health.ts'
import type { Metrics } from './operations/metrics.ts'
import { metrics } from './operations/metrics-route.ts'
import { observed } from './operations/observed.ts'
import type { Log } from './platform/log.ts'
import type { MemoryLimits } from './platform/memory-limits.ts'
import { makeSummedLog } from './platform/summed-log.ts'
import { replays } from './replay/replay-routes.ts'
import { budget } from './settings/budget-routes.ts'
import { rehearsal } from './settings/rehearsal-routes.ts'
import type { Settings } from './settings/settings.ts'
import { settings } from './settings/settings-routes.ts'
import { groups } from './told/group-routes.ts'
import type { Profiles } from './told/profiles.ts'
import { told } from './told/told-routes.ts'

declare global {
  namespace Express {
    interface Request {
      /** The caller's X-Request-Id, or one made here; every problem and log line carries it. */
      id: string
    }
  }
}

/** The parts that the HTTP routes work with. */
export interface AppParts {
  readonly access: Access
  readonly live: Live
  /** What other servers of the same database send. It has a key of its own, so it comes before the checks of callers. */
  readonly forwarded: Router
  readonly refused: Refused
  readonly feeds: Feeds
  readonly store: Store
  /** `GET /api/stream`. */
  readonly stream: Router
  /** Called with each replay after its change was stored. */
  replayChanged(replay: Replay): void
  readonly settings: Settings
  readonly profiles: Profiles
  readonly imports: SharedImports
  readonly registry: ModelRegistry
  readonly trainings: Trainings
  readonly jobs: JobRunner
  readonly trial: TrainingsParts['trial']
  readonly clock: Clock
  readonly log: Log
  readonly watch: Watch
  /** Called after a market was archived or deleted. */
  marketRemoved(stream: Stream): void
  readonly metrics: Metrics
  readonly health: Omit<HealthParts, 'log'>
  readonly webDir: string
  readonly memory: MemoryLimits
}

/** Makes the express application: API, documentation and page. */
export function makeApp(parts: AppParts): Application {
  const { live, store, registry, trainings, trial, clock, log, watch, webDir } = parts
  const summed = makeSummedLog(log)
  return express()
    .disable('x-powered-by')
    .disable('etag')
    .set('trust proxy', parts.access.trustProxy)
    .use(identified, observed(log, summed, parts.metrics), secured, bounded(parts.memory))
    .use(parts.forwarded)
    .use(...entryChecks(parts.access, clock, page(webDir)))
    .use(predictAnomaly(live, parts.refused, clock), bars(store), verdicts(store), episodes(store), faults(store))
    .use(
      markets({ store, watch, clock, removed: parts.marketRemoved }),
      coverage(store),
      barsCsv(store),
      imports(parts.imports),
    )
    .use(
      models(store, registry, trial),
      training(store, registry, trainings),
      jobs(parts.jobs),
      replays(store, parts.replayChanged),
      labels(store, clock),
      corrections(live, store, clock),
      whatIf(live),
      feeds(parts.feeds),
      budget(parts.settings),
      settings(parts.settings),
      rehearsal(store, parts.settings),
      groups(store, clock),
      told(store, parts.profiles),
      parts.stream,
      health({ ...parts.health, log }),
      metrics(parts.metrics),
      openapi(),
    )
    .use(notFound)
    .use(problems(log, summed))
}

const identified: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id')
  request.id = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
  // Answers change with every bar and may be private, so they need no ETag either. The page's files set their own headers.
  response.set({ 'X-Request-Id': request.id, 'Cache-Control': 'no-store' })
  next()
}

const secured = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  // The server speaks plain HTTP on the loopback: a TLS proxy in front sets this header.
  strictTransportSecurity: false,
})
