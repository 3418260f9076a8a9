import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi'
import { type RequestHandler, Router } from 'express'
import { serve, setup } from 'swagger-ui-express'
import { z } from 'zod'
import { sessionAnswer, sessionInput } from '../access/session.ts'
import { budgetAnswer, budgetChange, rehearsalAnswer, rehearsalQuery } from '../budget/budget-schemas.ts'
import { feedAnswer, feedsQuery } from '../feeds/feed-schemas.ts'
import { barsCsvQuery } from '../history/bars-csv.ts'
import { barsQuery, candleAnswer } from '../history/candle-schemas.ts'
import { coverageAnswer, coverageQuery } from '../history/coverage-schemas.ts'
import { checkAnswer, importAnswer, importQuery } from '../imports/import-schemas.ts'
import {
  correctedAnswer,
  correctionAnswer,
  correctionInput,
  withdrawnAnswer,
  withdrawnQuery,
} from '../judging/correction-schemas.ts'
import { modelAnswer, modelChange, modelDetailAnswer, promotionsAnswer } from '../models/model-schemas.ts'
import { trainingAnswer, trainingInput, trainingOutlook } from '../models/training-schemas.ts'
import { describeKeys, withAccess } from './openapi-access.ts'
import {
  barAnswer,
  episodeAnswer,
  faultAnswer,
  labelAnswer,
  labelInput,
  problemAnswer,
  rangeQuery,
  replayAnswer,
  replayChange,
  replayInput,
  row,
  streamQuery,
  verdictAnswer,
} from './schemas.ts'

/** `/openapi.json`, made of the schemas that check the requests, and `/docs`, which shows it. */
export function openapi(): Router {
  const document = describe()
  return Router()
    .get('/openapi.json', (_request, response) => {
      response.json(document)
    })
    .use('/docs', inlineStyles, serve, setup({ ...document }, { customSiteTitle: 'Candlewatch API' }))
}

/** Swagger UI alone writes styles into its page. */
const inlineStyles: RequestHandler = (_request, response, next) => {
  const policy = String(response.get('Content-Security-Policy'))
  response.set('Content-Security-Policy', policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"))
  next()
}

const nextCursor = z.string().nullable().openapi({ description: 'Leads to the older page; null at the end.' })
const ids = z.object({ id: z.string() })
const readiness = z.object({
  status: z.enum(['ready', 'not ready', 'stopping']),
  checks: z.record(
    z.string(),
    z.object({ state: z.enum(['ready', 'failed', 'late']), ms: z.number(), code: z.string().optional() }),
  ),
})
const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
const body = (schema: z.ZodType) => ({ body: { required: true, content: { 'application/json': { schema } } } })
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemAnswer } },
})
const problems = {
  bad: { 400: problem('A request that cannot be read.') },
  body: {
    400: problem('Not JSON, or of the wrong shape.'),
    413: problem('Too many bytes or rows.'),
    415: problem('Not application/json.'),
    422: problem('A field at fault: `field` names it.'),
  },
  missing: { 404: problem('No such replay.') },
  again: { 503: problem('Nothing was lost: send it again after Retry-After seconds.') },
}

const promotionProblems = {
  404: problem('No such model.'),
  422: problem('Its files cannot serve; the detail says why. The champion stays.'),
}

const calls: readonly RouteConfig[] = [
  {
    method: 'post',
    path: '/predict_anomaly',
    summary: 'Judges one closed bar, or an array of 1 to 10,000 of one market, oldest first',
    description: 'Posting the same row twice answers the same. Nothing of a refused request is stored.',
    request: body(z.union([row, z.array(row).min(1).max(10_000)])),
    responses: {
      200: json(z.union([verdictAnswer, z.array(verdictAnswer)]), 'A verdict for a row, an array for an array.'),
      ...problems.body,
      409: problem('Older than the newest bar, or seen before with other numbers.'),
      ...problems.again,
    },
  },
  {
    method: 'get',
    path: '/api/markets',
    summary: 'What there is to look at',
    responses: {
      200: json(
        z.object({
          markets: z.array(
            z.object({
              market: z.string(),
              interval: z.string(),
              bars: z.number(),
              first: z.string(),
              last: z.string(),
              alarmsPerWeek: z.number(),
              model: z.object({ name: z.string(), version: z.string() }),
            }),
          ),
        }),
        'Every stream with its first and last open.',
      ),
    },
  },
  {
    method: 'get',
    path: '/api/feeds',
    summary: 'Whether bars come when they are due, and what was wrong with those that came',
    description:
      'Without market or interval: every feed. Repeated and refused rows count, but nothing is learned of them.',
    request: { query: feedsQuery },
    responses: {
      200: json(z.object({ feeds: z.array(feedAnswer) }), 'By market and interval.'),
      ...problems.bad,
    },
  },
  {
    method: 'get',
    path: '/api/models',
    summary: 'Every version, who is champion, and how the others did against it',
    responses: { 200: json(z.object({ models: z.array(modelAnswer) }), 'By name, oldest version first.') },
  },
  {
    method: 'post',
    path: '/api/models/{id}/promote',
    summary: 'Makes a version the champion: the next request is judged by it',
    description: 'id is name@version. Rows that were judged already keep their verdicts.',
    request: { params: ids, ...body(modelChange) },
    responses: { 200: json(modelAnswer, 'The champion.'), ...problems.body, ...promotionProblems },
  },
  {
    method: 'post',
    path: '/api/models/{id}/trial',
    summary: 'Runs a version over the last 30 days beside the champion; changes nothing',
    description: 'id is name@version. Bars that it was trained on are left out.',
    request: { params: ids, ...body(z.object({})) },
    responses: {
      200: json(modelAnswer, 'The version with its trial.'),
      ...promotionProblems,
      409: problem('It cannot stand beside the champion.'),
    },
  },
  {
    method: 'post',
    path: '/api/models/{name}/rollback',
    summary: 'Back to the champion before this one',
    request: { params: z.object({ name: z.string() }), ...body(modelChange) },
    responses: {
      200: json(modelAnswer, 'The champion.'),
      ...problems.body,
      ...promotionProblems,
      409: problem('There is none to go back to.'),
    },
  },
  {
    method: 'get',
    path: '/api/models/{id}',
    summary: 'One version: how it was trained, epoch by epoch, and all of its trials',
    description: 'id is name@version.',
    request: { params: ids },
    responses: { 200: json(modelDetailAnswer, 'The version.'), 404: problem('No such model.') },
  },
  {
    method: 'get',
    path: '/api/models/{name}/promotions',
    summary: 'Who became champion when and why, newest first, and where a rollback would lead',
    request: { params: z.object({ name: z.string() }) },
    responses: { 200: json(promotionsAnswer, 'The last 200.'), 404: problem('No version of it was ever champion.') },
  },
  {
    method: 'post',
    path: '/api/models/retrain',
    summary: 'Trains a new version, tries it and promotes it when the rule says so',
    description:
      'It learns from all stored bars of the market that the champion is for; the newest tenth validates. The stream tells of every step, as GET /api/training does.',
    request: body(trainingInput),
    responses: {
      202: json(trainingAnswer, 'It has begun.'),
      ...problems.body,
      409: problem('One is running already, or too few bars are stored.'),
    },
  },
  {
    method: 'get',
    path: '/api/training',
    summary: 'The training under way or the last one, and what a next one would learn from',
    responses: { 200: json(trainingAnswer.extend({ next: trainingOutlook }), 'As it is now.') },
  },
  {
    method: 'delete',
    path: '/api/training',
    summary: 'Cancels the training under way',
    description:
      'Nothing is left of it, or a whole version that is a candidate. Without one under way it changes nothing.',
    responses: { 200: json(trainingAnswer, 'It has ended.') },
  },
  {
    method: 'get',
    path: '/api/bars',
    summary: 'Bars, oldest first; without a cursor the newest of the range, or with points all of it as candles',
    request: { query: barsQuery },
    responses: {
      200: json(
        z.object({ bars: z.union([z.array(barAnswer), z.array(candleAnswer)]), nextCursor }),
        'A page; with points, candles.',
      ),
      ...problems.bad,
    },
  },
  {
    method: 'get',
    path: '/api/bars.csv',
    summary: 'Bars of any range as a file, oldest first, which /api/imports and --csv read',
    request: { query: barsCsvQuery },
    responses: {
      200: { description: 'A header and a line a bar.', content: { 'text/csv': { schema: z.string() } } },
      ...problems.bad,
    },
  },
  {
    method: 'get',
    path: '/api/coverage',
    summary: 'What there is of each stream, judged or imported alone, and what is missing',
    description: 'Without market or interval: every stream, a hundred at most.',
    request: { query: coverageQuery },
    responses: {
      200: json(z.object({ coverage: z.array(coverageAnswer), moreStreams: z.boolean() }), 'By market and interval.'),
      ...problems.bad,
    },
  },
  {
    method: 'post',
    path: '/api/imports',
    summary: 'A CSV file of past rows, 64 MB and 2,000,000 rows at most, in any layout that data/README.md lists',
    description:
      'The file is checked as a whole first. Its rows become history, and those newer than all that is stored are judged, beside what comes live. Sent again, it goes on where it was.',
    request: {
      query: importQuery,
      body: { required: true, content: { 'text/csv': { schema: z.string() } } },
    },
    responses: {
      200: json(checkAnswer, 'With check=true: what is in it. Nothing was written.'),
      202: json(importAnswer, 'It has begun: the stream tells how it goes on, and so does Location.'),
      ...problems.body,
      409: problem('Another file is being imported, or rows have other numbers than what is stored: `errors` by line.'),
      413: problem('Too many bytes or rows.'),
      415: problem('Not text/csv, or packed.'),
      422: problem('No file of candles, or lines that cannot be right: `errors` by line. Nothing was written.'),
    },
  },
  {
    method: 'get',
    path: '/api/imports',
    summary: 'The last twenty imports since the server started, newest first',
    responses: { 200: json(z.object({ imports: z.array(importAnswer) }), 'Imports.') },
  },
  {
    method: 'get',
    path: '/api/imports/{id}',
    summary: 'One import',
    request: { params: ids },
    responses: { 200: json(importAnswer, 'How far it is.'), 404: problem('No such import.') },
  },
  {
    method: 'delete',
    path: '/api/imports/{id}',
    summary: 'Ends an import after the rows under way; what is stored stays',
    request: { params: ids },
    responses: { 200: json(importAnswer, 'As it was.'), 404: problem('No such import.') },
  },
  {
    method: 'get',
    path: '/api/verdicts',
    summary: 'Verdicts, oldest first; without a cursor the newest of the range',
    request: { query: rangeQuery },
    responses: {
      200: json(z.object({ verdicts: z.array(verdictAnswer), nextCursor, lastEventId: z.string() }), 'A page.'),
      ...problems.bad,
    },
  },
  {
    method: 'get',
    path: '/api/episodes',
    summary: 'Alarms within six hours of one another as one event; without a cursor the newest of the range',
    description: '`limit` counts alarms. The oldest episode of a page may have begun on the page before it.',
    request: { query: rangeQuery },
    responses: { 200: json(z.object({ episodes: z.array(episodeAnswer), nextCursor }), 'A page.'), ...problems.bad },
  },
  {
    method: 'get',
    path: '/api/faults',
    summary: 'Rows that were not believed, oldest first; without a cursor the newest of the range',
    request: { query: rangeQuery },
    responses: { 200: json(z.object({ faults: z.array(faultAnswer), nextCursor }), 'A page.'), ...problems.bad },
  },
  {
    method: 'get',
    path: '/api/stream',
    summary: 'Server-sent events: bar, verdict (with an id), replay, feed, budget, model, import, ping',
    description:
      'feed comes when a feed becomes stale (or is, as you connect) and when it comes back. The Last-Event-ID header or lastEventId resumes with nothing lost and nothing doubled.',
    request: { query: streamQuery.extend({ lastEventId: z.string().optional() }) },
    responses: {
      200: { description: 'Events until you leave.', content: { 'text/event-stream': { schema: z.string() } } },
      ...problems.bad,
    },
  },
  {
    method: 'get',
    path: '/api/budget',
    summary: 'How many alarms a week are allowed, for all streams, since when, and how many were before',
    responses: { 200: json(budgetAnswer, 'The budget.') },
  },
  {
    method: 'put',
    path: '/api/budget',
    summary: 'Another budget: every engine judges by it from its next bar on',
    description:
      'What was said stays said. The same budget again changes nothing. /api/rehearsal shows its effect first.',
    request: body(budgetChange),
    responses: { 200: json(budgetAnswer, 'The budget now in force.'), ...problems.body, ...problems.again },
  },
  {
    method: 'get',
    path: '/api/rehearsal',
    summary: 'What a budget would have made of past verdicts: which alarms would come, which would go',
    description:
      'By the stored scores, each bar by those before it; changes nothing. Without from and to the newest 10,000 bars, and of a longer range its newest.',
    request: { query: rehearsalQuery },
    responses: { 200: json(rehearsalAnswer, 'Both beside each other.'), ...problems.bad },
  },
  {
    method: 'post',
    path: '/api/labels',
    summary:
      'Marks an alarm right or wrong, or a bar that should have alarmed missed; a later mark replaces an earlier one',
    request: body(labelInput),
    responses: {
      201: json(labelAnswer, 'The mark.'),
      409: problem('No such bar, or no alarm there.'),
      ...problems.body,
    },
  },
  {
    method: 'get',
    path: '/api/labels',
    summary:
      'Marks, oldest first; with `Accept: text/csv` the events among them, as `npm run evaluate -- --labels` reads them',
    request: { query: rangeQuery },
    responses: { 200: json(z.object({ labels: z.array(labelAnswer), nextCursor }), 'A page.'), ...problems.bad },
  },
  {
    method: 'post',
    path: '/api/corrections',
    summary: 'Other numbers for a bar that was judged: it and all bars after it are judged again',
    description:
      'What no longer stands is kept, withdrawn, with the reason. The numbers that stand already change nothing (200).',
    request: body(correctionInput),
    responses: {
      201: json(correctedAnswer, 'The correction, and what is said of the bar now.'),
      200: json(correctedAnswer, 'Nothing to correct.'),
      404: problem('No such bar was judged.'),
      ...problems.body,
      ...problems.again,
    },
  },
  {
    method: 'get',
    path: '/api/corrections',
    summary: 'Corrections of a range of bars, in the order in which they were made',
    request: { query: rangeQuery },
    responses: {
      200: json(z.object({ corrections: z.array(correctionAnswer), nextCursor }), 'A page.'),
      ...problems.bad,
    },
  },
  {
    method: 'get',
    path: '/api/corrections/{id}',
    summary: 'A correction, and the verdicts that no longer stand for it',
    request: { params: z.object({ id: z.string() }), query: withdrawnQuery },
    responses: {
      200: json(withdrawnAnswer, 'What was said, and is withdrawn.'),
      404: problem('No such correction.'),
      ...problems.bad,
    },
  },
  {
    method: 'post',
    path: '/api/replays',
    summary: 'Starts a replay; the one before it on the same stream is stopped',
    request: body(replayInput),
    responses: { 201: json(replayAnswer, 'The replay with its id.'), ...problems.body },
  },
  {
    method: 'get',
    path: '/api/replays',
    summary: 'The last hundred replays, newest first',
    responses: { 200: json(z.object({ replays: z.array(replayAnswer) }), 'Replays.') },
  },
  {
    method: 'get',
    path: '/api/replays/{id}',
    summary: 'One replay',
    request: { params: ids },
    responses: { 200: json(replayAnswer, 'The replay.'), ...problems.missing },
  },
  {
    method: 'patch',
    path: '/api/replays/{id}',
    summary: 'Play, pause, stop, speed, seek, step, on to the next anomaly, back to watch again',
    description: 'Going back takes bars out of sight on every page; none is judged or stored again.',
    request: { params: ids, ...body(replayChange) },
    responses: {
      200: json(replayAnswer, 'The replay as it is now.'),
      ...problems.body,
      ...problems.missing,
      409: problem('The replay was stopped, or has no further rows.'),
    },
  },
  {
    method: 'get',
    path: '/api/session',
    summary: 'Whether a key is asked for, and which one signed in',
    responses: { 200: json(sessionAnswer, 'Without a key too.') },
  },
  {
    method: 'post',
    path: '/api/session',
    summary: 'Signs a browser in with a key: the answer sets a cookie that lasts a week',
    request: body(sessionInput),
    responses: {
      200: json(sessionAnswer, 'Signed in.'),
      ...problems.body,
      401: problem('A key that is unknown, wrong or revoked.'),
      403: problem('The page of another site.'),
      404: problem('This server asks no key.'),
    },
  },
  {
    method: 'delete',
    path: '/api/session',
    summary: 'Signs out',
    responses: { 204: { description: 'The session is over.' }, 403: problem('The page of another site.') },
  },
  {
    method: 'get',
    path: '/healthz',
    summary: 'Is the process alive?',
    responses: { 200: json(z.object({ status: z.string() }), 'It is.') },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Database, migrations and model: is traffic welcome?',
    responses: {
      200: json(readiness, 'It is.'),
      503: json(readiness, 'Not now; says which check failed.'),
    },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'Counters and gauges for Prometheus',
    responses: { 200: { description: 'Its text format.', content: { 'text/plain': { schema: z.string() } } } },
  },
]

function describe() {
  const registry = new OpenAPIRegistry()
  describeKeys(registry)
  for (const call of calls) registry.registerPath(withAccess(call, problem))
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Candlewatch',
      version: '0.1.0',
      description: 'Says of each closed candle whether it is what a forecast made beforehand expected.',
    },
  })
}
