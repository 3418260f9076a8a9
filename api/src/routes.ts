import { barRoutes } from './bars.ts'
import { budgetRoutes } from './budget.ts'
import { correctionRoutes } from './corrections.ts'
import { coverageRoutes } from './coverage.ts'
import { episodeRoutes } from './episode.ts'
import { feedRoutes } from './feeds.ts'
import { groupRoutes } from './groups.ts'
import { healthRoutes } from './health.ts'
import { importRoutes } from './imports.ts'
import { jobRoutes } from './jobs.ts'
import { labelRoutes } from './labels.ts'
import { marketRoutes } from './markets.ts'
import { modelRoutes } from './models.ts'
import { replayRoutes } from './replays.ts'
import type { Answer, Asked, Given } from './route.ts'
import { sessionRoutes } from './session.ts'
import { settingsRoutes } from './settings.ts'
import { streamRoutes } from './stream.ts'
import { toldRoutes } from './told.ts'
import { trainingRoutes } from './training.ts'
import { verdictRoutes } from './verdict.ts'
import { whatIfRoutes } from './what-if.ts'

/** Every route by resource, in the order of the documentation. */
export const resources = {
  Verdicts: { ...verdictRoutes, ...whatIfRoutes },
  Markets: marketRoutes,
  Bars: barRoutes,
  Episodes: episodeRoutes,
  Labels: labelRoutes,
  Corrections: correctionRoutes,
  Stream: streamRoutes,
  Feeds: feedRoutes,
  Coverage: coverageRoutes,
  Imports: importRoutes,
  Budget: budgetRoutes,
  Settings: settingsRoutes,
  Groups: groupRoutes,
  Told: toldRoutes,
  Replays: replayRoutes,
  Models: modelRoutes,
  Training: trainingRoutes,
  Jobs: jobRoutes,
  Session: sessionRoutes,
  Operations: healthRoutes,
} as const

/** Every route by its name, such as `GET /api/bars`. */
export const routes = {
  ...verdictRoutes,
  ...whatIfRoutes,
  ...marketRoutes,
  ...barRoutes,
  ...episodeRoutes,
  ...labelRoutes,
  ...correctionRoutes,
  ...streamRoutes,
  ...feedRoutes,
  ...coverageRoutes,
  ...importRoutes,
  ...budgetRoutes,
  ...settingsRoutes,
  ...groupRoutes,
  ...toldRoutes,
  ...replayRoutes,
  ...modelRoutes,
  ...trainingRoutes,
  ...jobRoutes,
  ...sessionRoutes,
  ...healthRoutes,
} as const

type Routes = typeof routes
/** `METHOD /path` of a route, as in `GET /api/bars`. */
export type RouteName = keyof Routes
/** The parts that a client sends to a route: `query`, `body` and `params`, as far as it has them. */
export type AskedOf<Name extends RouteName> = Asked<Routes[Name]>
/** The parts that a handler of a route receives. */
export type GivenOf<Name extends RouteName> = Given<Routes[Name]>
/** The answer of a route. */
export type AnswerOf<Name extends RouteName> = Answer<Routes[Name]>
