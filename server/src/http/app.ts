import { randomUUID } from 'node:crypto'
import type { Store } from '@candlewatch/adapters/stores/store'
import type { Clock } from '@candlewatch/core/clock'
import express, { type Application, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { Access } from '../access.ts'
import type { Budgets } from '../budget.ts'
import type { Feeds } from '../feeds.ts'
import type { Imports } from '../imports.ts'
import type { Live } from '../live.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Models } from '../models.ts'
import type { Retrain, RetrainParts } from '../retrain.ts'
import { bars } from './bars.ts'
import { barsCsv } from './bars-csv.ts'
import { budget } from './budget.ts'
import { corrections } from './corrections.ts'
import { coverage } from './coverage.ts'
import { door } from './door.ts'
import { episodes } from './episodes.ts'
import { faults } from './faults.ts'
import { feeds } from './feeds.ts'
import { type HealthParts, health } from './health.ts'
import { imports } from './imports.ts'
import { labels } from './labels.ts'
import { markets, type Watch } from './markets.ts'
import { metrics } from './metrics.ts'
import { models } from './models.ts'
import { observed } from './observed.ts'
import { openapi } from './openapi.ts'
import { page } from './page.ts'
import { predictAnomaly } from './predict-anomaly.ts'
import { notFound, problems } from './problem.ts'
import { rehearsal } from './rehearsal.ts'
import { replays } from './replays.ts'
import type { StreamHub } from './stream.ts'
import { training } from './training.ts'
import { verdicts } from './verdicts.ts'

declare global {
  namespace Express {
    interface Request {
      /** The caller's X-Request-Id, or one made here; every problem and log line carries it. */
      id: string
    }
  }
}

export interface AppParts {
  readonly access: Access
  readonly live: Live
  readonly feeds: Feeds
  readonly store: Store
  readonly hub: StreamHub
  readonly budgets: Budgets
  readonly imports: Imports
  readonly registry: Models
  readonly retrain: Retrain
  readonly trial: RetrainParts['trial']
  readonly clock: Clock
  readonly log: Log
  readonly watch: Watch
  readonly metrics: Metrics
  readonly health: Omit<HealthParts, 'log'>
  readonly webDir: string
}

/** The whole HTTP side: API, documents and page. */
export function makeApp(parts: AppParts): Application {
  const { live, store, hub, registry, retrain, trial, clock, log, watch, webDir } = parts
  return express()
    .disable('x-powered-by')
    .set('trust proxy', parts.access.trustProxy)
    .use(identified, observed(log, parts.metrics), secured)
    .use(...door(parts.access, clock, page(webDir)))
    .use(predictAnomaly(live, parts.feeds, clock), bars(store), verdicts(store), episodes(store), faults(store))
    .use(markets(store, watch), coverage(store), barsCsv(store), imports(parts.imports))
    .use(
      models(store, registry, trial),
      training(store, registry, retrain),
      replays(store, hub.publishReplay),
      labels(store, clock),
      corrections(live, store, clock),
      feeds(parts.feeds),
      budget(parts.budgets),
      rehearsal(store, parts.budgets),
      hub.router,
      health({ ...parts.health, log }),
      metrics(parts.metrics),
      openapi(),
    )
    .use(notFound)
    .use(problems(log))
}

const identified: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id')
  request.id = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID()
  response.set('X-Request-Id', request.id)
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
  // Plain HTTP on the loopback: whoever puts TLS in front sets this there.
  strictTransportSecurity: false,
})
