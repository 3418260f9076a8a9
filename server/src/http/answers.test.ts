import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { addressOf } from '@candlewatch/api/client'
import { type StreamEventName, streamEvents } from '@candlewatch/api/events'
import { errorsOf, type Problem, problem } from '@candlewatch/api/problem'
import type { Route } from '@candlewatch/api/route'
import { type AnswerOf, type AskedOf, type RouteName, routes } from '@candlewatch/api/routes'
import { type ErrorCode, errorCodes } from '@candlewatch/api/values/errors'
import { CandlewatchError } from '@candlewatch/core/errors'
import { isoDate } from '@candlewatch/core/interval'
import { closeOf, openOf } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { keyed } from '../access/keyed.suite.ts'
import { fileOf, linesFrom } from '../imports/files.suite.ts'
import { breakStored, fakeModels, writeFake } from '../models/fake-models.suite.ts'
import { barAt, btc, eventsOf, hourMs, rowAt, rowsFrom, serving } from '../serving.suite.ts'
import { undocumented } from './document.suite.ts'
import { judgedMarket } from './judged-market.suite.ts'

type Asked = Readonly<Record<'query' | 'params' | 'body', unknown>>

/** The answers that were checked: `GET /api/bars 200`, `POST /api/labels ERR_LABEL_INVALID`. */
const checked = new Set<string>()

/** Errors of any route that need a failing database or a full queue; tests of their own provoke them. */
const elsewhere: readonly ErrorCode[] = [
  'ERR_BUSY',
  'ERR_STOPPING',
  'ERR_STREAM_MOVED',
  'ERR_NOT_STORED',
  'ERR_DATABASE_UNREACHABLE',
  'ERR_DATABASE_REFUSED',
  'ERR_REQUEST_INVALID',
  'ERR_RATE_LIMITED',
  'ERR_ORIGIN_REFUSED',
  'ERR_URL_TOO_LONG',
  'ERR_KEY_REQUIRED',
  'ERR_KEY_INVALID',
  'ERR_KEY_SCOPE',
  'ERR_BODY_TOO_LARGE',
  'ERR_CSV_LONG',
  'ERR_CORRECTION_OLD',
]

/** Sends a request as it is, and checks that the contract has its answer, no field more and none less. */
async function send(url: string, name: RouteName, asked: Partial<Asked> = {}, headers: Record<string, string> = {}) {
  const route: Route = routes[name]
  const type = route.bodyType ?? 'application/json'
  const response = await fetch(`${url}${addressOf(name as 'GET /healthz', asked as AskedOf<'GET /healthz'>)}`, {
    method: route.method,
    headers: { ...(asked.body !== undefined && { 'content-type': type }), ...headers },
    ...(asked.body !== undefined && {
      body: typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body),
    }),
  })
  const found = response.headers.get('content-type')?.replace(/;.*/, '') ?? null
  if (found === 'application/problem+json') {
    const answer = (await response.json()) as Problem
    expect(problem.strict().parse(answer), name).toEqual(answer)
    expect(answer.status).toBe(response.status)
    expect(errorCodes[answer.code].status).toBe(response.status)
    expect(errorsOf(route), name).toContain(answer.code)
    expect(undocumented(name, response.status, found, answer)).toBeNull()
    checked.add(`${name} ${answer.code}`)
    return answer
  }
  const schema = response.status === (route.status ?? 200) ? route.answer : route.otherAnswers?.[response.status]
  expect(schema, `${name} has no answer of status ${response.status}`).toBeDefined()
  checked.add(`${name} ${response.status}`)
  if (response.status === 204) return undefined
  if (found !== 'application/json') {
    expect([route.answerType, route.otherAnswerType], name).toContain(found)
    checked.add(`${name} ${found}`)
    return response.text()
  }
  expect(route.answerType, name).toBeUndefined()
  const answer: unknown = await response.json()
  expect(schema?.parse(answer), name).toEqual(answer)
  expect(undocumented(name, response.status, found, answer)).toBeNull()
  return answer
}

/** An answer that is no error, of the type that the contract gives it. */
async function answer<Name extends RouteName>(url: string, name: Name, asked?: AskedOf<Name>): Promise<AnswerOf<Name>> {
  const found = await send(url, name, asked as Partial<Asked>)
  expect(found ?? {}, name).not.toHaveProperty('requestId')
  return found as AnswerOf<Name>
}

async function error(code: ErrorCode, ...call: Parameters<typeof send>) {
  expect(await send(...call), call[1]).toMatchObject({ code })
}

test('answers about bars and verdicts', async () => {
  const store = memoryStore()
  const market = await judgedMarket(store)
  const { url } = await serving({ store })
  const query = { market, limit: 500 }
  await answer(url, 'GET /api/bars', { query })
  await answer(url, 'GET /api/bars', { query: { market, points: 5 } })
  await answer(url, 'GET /api/bars', { query: { market: 'no:BARS' } })
  await answer(url, 'GET /api/bars.csv', { query: { market, verdicts: 'true' } })
  await answer(url, 'GET /api/verdicts', { query })
  const { episodes } = await answer(url, 'GET /api/episodes', { query })
  const { faults } = await answer(url, 'GET /api/faults', { query })
  expect([episodes.length > 0, faults.length > 0]).toEqual([true, true])
  await answer(url, 'GET /api/markets')
  await answer(url, 'GET /api/coverage')
  await answer(url, 'GET /api/rehearsal', { query: { market, alarmsPerWeek: 0.01 } })
  await answer(url, 'GET /api/rehearsal', { query: { market: 'no:BARS', alarmsPerWeek: 2 } })
  const alarm = episodes[0]?.peak ?? ''
  await answer(url, 'POST /api/labels', { body: { market, date: alarm, mark: 'right' } })
  await answer(url, 'GET /api/labels', { query: { market } })
  await send(url, 'GET /api/labels', { query: { market } }, { accept: 'text/csv' })
  await error('ERR_LABEL_MISPLACED', url, 'POST /api/labels', { body: { market, date: alarm, mark: 'missed' } })
  await error('ERR_LABEL_INVALID', url, 'POST /api/labels', { body: { date: alarm } })
})

test('answers to rows and corrections', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, [barAt(0)])
  const { url } = await serving({ store })
  const row = (body: unknown) => [url, 'POST /predict_anomaly', { body }] as const
  await answer(url, 'POST /predict_anomaly', { body: rowAt(1) })
  await answer(url, 'POST /predict_anomaly', { body: rowsFrom(2, 6) })
  await error('ERR_ROW_INVALID', ...row(rowAt(6, { high: '1' })))
  await error('ERR_ROWS_MIXED', ...row([rowAt(6), rowAt(7, { market: 'a:b' })]))
  await error('ERR_BAR_IMPOSSIBLE', ...row(rowAt(6, { high: 1 })))
  await error('ERR_BAR_MISALIGNED', ...row(rowAt(6, { date: '2021-01-01T06:30:00Z' })))
  await error('ERR_BAR_FUTURE', ...row(rowAt(6, { date: '2022-01-01' })))
  await error('ERR_BAR_CONFLICT', ...row(rowAt(5, { volume: 8 })))
  await error('ERR_BAR_LATE', ...row(rowAt(-5)))
  await error('ERR_BAR_WARM_UP', ...row(rowAt(0)))
  await error('ERR_BODY_SHAPE', ...row('{'))
  await error('ERR_BODY_TYPE', ...row('row'), { 'content-type': 'text/plain' })

  const own = 'replay:rows.csv/a:b'
  await error('ERR_REPLAY_MARKET', ...row(rowAt(6, { market: own })))
  const ofReplay = (body: unknown, replay: string) =>
    [url, 'POST /predict_anomaly', { query: { replay }, body }] as const
  await error('ERR_REPLAY_INVALID', ...ofReplay(rowAt(6), 'unknown'))
  const { id } = await answer(url, 'POST /api/replays', {
    body: { source: { kind: 'csv', name: 'rows.csv' }, from: rowAt(0).date, to: rowAt(9).date },
  })
  await error('ERR_REPLAY_DISPLACED', ...ofReplay(rowAt(6), id))

  const reason = 'busted trade'
  const correct = (body: object) => [url, 'POST /api/corrections', { body }] as const
  const { correction } = await answer(url, 'POST /api/corrections', { body: { ...rowAt(3), volume: 9, reason } })
  await answer(url, 'POST /api/corrections', { body: { ...rowAt(3), volume: 9, reason } })
  await answer(url, 'GET /api/corrections')
  await answer(url, 'GET /api/corrections/:id', { params: { id: String(correction?.id) } })
  await error('ERR_NOT_FOUND', url, 'GET /api/corrections/:id', { params: { id: '99' } })
  await error('ERR_CORRECTION_INVALID', ...correct(rowAt(3)))
  await error('ERR_CORRECTION_UNKNOWN', ...correct({ ...rowAt(90), reason }))
  await error('ERR_BAR_IMPOSSIBLE', ...correct({ ...rowAt(3, { high: 1 }), reason }))
  await error('ERR_BAR_MISALIGNED', ...correct({ ...rowAt(3, { date: '2021-01-01T06:30:00Z' }), reason }))
  await error('ERR_BAR_FUTURE', ...correct({ ...rowAt(3, { date: '2022-01-01' }), reason }))
  await error('ERR_BODY_TYPE', ...correct({}), { 'content-type': 'text/plain' })
  await error('ERR_BODY_SHAPE', url, 'POST /api/corrections', { body: '{' })

  await answer(url, 'POST /api/what-if', { body: { close: 104 } })
  const imagine = (body: object) => [url, 'POST /api/what-if', { body }] as const
  await error('ERR_NOT_FOUND', ...imagine({ market: 'a:unknown' }))
  await error('ERR_BAR_IMPOSSIBLE', ...imagine({ high: 1, low: 2 }))
  await error('ERR_ROW_INVALID', ...imagine({ close: '104' }))

  await answer(url, 'POST /predict_anomaly', { body: rowAt(9) })
  await answer(url, 'POST /predict_anomaly', { body: rowAt(7) })
  const bar = (hour: number) => ({ query: { market: btc.market, interval: '1h', date: rowAt(hour).date, reason } })
  await error('ERR_BAR_NOT_NEWEST', url, 'DELETE /api/bars', bar(7))
  await error('ERR_CORRECTION_UNKNOWN', url, 'DELETE /api/bars', bar(8))
  await answer(url, 'DELETE /api/bars', bar(9))
  await answer(url, 'GET /api/corrections')
})

test('an answer to a row that is far ahead', async () => {
  const { url, nowMs } = await serving()
  nowMs.value = barAt(0).ts
  await answer(url, 'POST /predict_anomaly', { body: rowAt(0) })
  nowMs.value = barAt(30_000).ts
  await error('ERR_BAR_AHEAD', url, 'POST /predict_anomaly', { body: rowAt(20_000) })
})

test('answers about markets', async () => {
  const { url } = await serving({ env: { MAX_MARKETS: '1' } })
  const market = { market: btc.market, interval: '1h' }
  await answer(url, 'POST /predict_anomaly', { body: rowAt(0) })
  await error('ERR_MARKETS_FULL', url, 'POST /predict_anomaly', { body: rowAt(0, { market: 'a:b' }) })
  await answer(url, 'PATCH /api/markets', { body: { ...market, archived: true } })
  await error('ERR_MARKET_ARCHIVED', url, 'POST /predict_anomaly', { body: rowAt(1) })
  await error('ERR_MARKET_ARCHIVED', url, 'POST /api/what-if', { body: { close: 104 } })
  await answer(url, 'GET /api/markets', { query: { archived: 'true' } })
  await answer(url, 'DELETE /api/markets', { query: { ...market, confirm: btc.market } })
  await error('ERR_NOT_FOUND', url, 'DELETE /api/markets', { query: { ...market, confirm: btc.market } })
  await error('ERR_NOT_FOUND', url, 'PATCH /api/markets', { body: { ...market, archived: true } })
  await error('ERR_BODY_SHAPE', url, 'PATCH /api/markets', { body: market })
  await error('ERR_BODY_TYPE', url, 'PATCH /api/markets', { body: 'x' }, { 'content-type': 'text/plain' })
})

test('answers about feeds', async () => {
  const { url, nowMs } = await serving()
  const empty = { body: rowAt(0, { high: 1, market: 'a:b' }) }
  await error('ERR_BAR_IMPOSSIBLE', url, 'POST /predict_anomaly', empty)
  await answer(url, 'POST /predict_anomaly', { body: rowAt(0) })
  nowMs.value = closeOf(barAt(3).ts, 1_000)
  await answer(url, 'POST /predict_anomaly', { body: rowAt(3, { market: 'live:BTC' }) })
  const states = async () => (await answer(url, 'GET /api/feeds')).feeds.map(feed => feed.state)
  expect(await states()).toEqual(['empty', 'past', 'live'])
  nowMs.value = closeOf(nowMs.value, 2 * hourMs)
  expect(await states()).toEqual(['empty', 'past', 'stale'])
})

test('answers about files', async () => {
  const store = memoryStore()
  const { appendHistory } = store
  const { url, get } = await serving({ store })
  const post = (lines: readonly string[], query: object = {}) =>
    [url, 'POST /api/imports', { query: { name: 'rows.csv', ...query }, body: fileOf(lines) }] as const
  const shown = await answer(url, 'POST /api/imports', { query: { check: 'true' }, body: fileOf(linesFrom(0, 6)) })
  expect(shown).toHaveProperty('columns')
  let goOn = (): void => undefined
  const waiting = new Promise<void>(resolve => {
    goOn = resolve
  })
  store.appendHistory = series => waiting.then(() => appendHistory(series))
  const begun = (await answer(...post(linesFrom(0, 6)))) as AnswerOf<'GET /api/imports/:id'>
  await error('ERR_IMPORT_RUNNING', ...post(linesFrom(0, 6)))
  goOn()
  const params = { id: begun.id }
  while ((await answer(url, 'GET /api/imports/:id', { params })).state === 'running') await get('/healthz')
  await answer(url, 'GET /api/imports')
  await answer(url, 'DELETE /api/imports/:id', { params })
  await error('ERR_NOT_FOUND', url, 'GET /api/imports/:id', { params: { id: 'none' } })
  await error('ERR_NOT_FOUND', url, 'DELETE /api/imports/:id', { params: { id: 'none' } })
  await error('ERR_CSV_ROW', ...post(['2021-01-01T00:00:00Z,x,1,1,1,1']))
  await error('ERR_CSV_EMPTY', ...post([]))
  await error('ERR_CSV_LAYOUT', url, 'POST /api/imports', { body: 'a,b\n1,2\n' })
  await error('ERR_BAR_CONFLICT', ...post(linesFrom(0, 6).map(line => line.replace(/7$/, '8'))))
  await error('ERR_BODY_TYPE', ...post([]), { 'content-type': 'text/plain' })
  await error('ERR_QUERY_INVALID', ...post([], { check: 'maybe' }))
})

test('answers about models and training', async () => {
  const store = memoryStore()
  const figures = {
    market: 'bitstamp:BTC-USD',
    network: { kind: 'lstm', lookback: 16, units: 8, members: 1, parameters: 9, targets: [], quantiles: [] },
    features: { name: 'f', version: 1, features: ['a'] },
    training: {
      from: '2019-01-01T00:00:00Z',
      to: '2020-12-31T23:00:00Z',
      bars: 2_000,
      validationFrom: '2020-10-01T00:00:00Z',
      seed: 1,
      epochs: 2,
      batchSize: 8,
      learningRate: 0.1,
      weighting: 'scale',
      averaging: 0,
      distillation: 0,
      refitted: false,
      backend: 'none',
      seconds: 1,
      losses: [{ epoch: 1, training: 1, validation: null }],
      kept: [1],
    },
  } as const
  const modelsDir = await fakeModels('1', '2')
  await writeFake(modelsDir, '3', figures as object)
  const { url } = await serving({
    store,
    modelsDir,
    async trial() {
      const outcome = {
        name: 'fake',
        challenger: '2',
        champion: '3',
        from: barAt(0).ts,
        to: barAt(9).ts,
        at: barAt(9).ts,
        bars: 9,
        more: 1,
        fewer: 0,
        alarms: { challenger: [rowAt(5).date], champion: [] },
        challengerError: 1,
        championError: 2,
        passed: true,
        because: 'Better.',
      }
      await store.saveTrial(outcome)
      return outcome
    },
  })
  const params = { id: 'fake@2' }
  await answer(url, 'POST /api/models/:id/trial', { params, body: {} })
  await answer(url, 'GET /api/models')
  expect((await answer(url, 'GET /api/models/:id', { params: { id: 'fake@3' } })).figures).not.toBeNull()
  expect((await answer(url, 'GET /api/models/:id', { params })).figures).toBeNull()
  await answer(url, 'POST /api/models/:id/promote', { params, body: { because: 'Better.' } })
  await answer(url, 'GET /api/models/:name/promotions', { params: { name: 'fake' } })
  await answer(url, 'POST /api/models/:name/rollback', { params: { name: 'fake' }, body: {} })
  await error('ERR_MODEL_NO_EARLIER', url, 'POST /api/models/:name/rollback', { params: { name: 'fake' }, body: {} })
  for (const name of ['POST /api/models/:id/promote', 'POST /api/models/:id/trial', 'GET /api/models/:id'] as const) {
    const body = routes[name].method === 'POST' ? {} : undefined
    await error('ERR_MODEL_MISSING', url, name, { params: { id: 'fake@9' }, body })
  }
  for (const name of ['POST /api/models/:name/rollback', 'GET /api/models/:name/promotions'] as const) {
    const body = routes[name].method === 'POST' ? {} : undefined
    await error('ERR_MODEL_MISSING', url, name, { params: { name: 'none' }, body })
  }
  await error('ERR_BODY_SHAPE', url, 'POST /api/models/:id/promote', { params, body: { because: '' } })
  await answer(url, 'POST /api/models/:id/promote', { params, body: {} })
  for (const version of ['1', '3']) await breakStored(store, modelsDir, version)
  const broken = { params: { id: 'fake@1' }, body: {} }
  await error('ERR_MODEL_REFUSED', url, 'POST /api/models/:id/promote', broken)
  await error('ERR_MODEL_REFUSED', url, 'POST /api/models/:id/trial', broken)
  await error('ERR_MODEL_REFUSED', url, 'POST /api/models/:name/rollback', { params: { name: 'fake' }, body: {} })
  const { url: untried } = await serving()
  await error('ERR_TRIAL_IMPOSSIBLE', untried, 'POST /api/models/:id/trial', broken)
})

test('answers about a training', async () => {
  const store = memoryStore()
  const { url } = await serving({
    store,
    train: (_champion, { progress }, stop) => {
      progress({ rows: { bars: 1_000, from: rowAt(0).date, to: rowAt(999).date } })
      const learner = { learner: 'network', number: 1, again: false, epoch: 1 } as const
      progress({
        learning: {
          ...learner,
          of: 1,
          epochs: 4,
          share: 0.25,
          losses: [{ ...learner, training: 1, validation: null }],
        },
      })
      return new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('cancelled'))))
    },
  })
  expect((await answer(url, 'GET /api/training')).state).toBe('idle')
  await error('ERR_TRAINING_SHORT', url, 'POST /api/models/retrain', { body: {} })
  await error('ERR_BODY_SHAPE', url, 'POST /api/models/retrain', { body: { size: 'huge' } })
  await store.appendWarmUp(
    btc,
    Array.from({ length: 1_000 }, (_, hour) => barAt(hour)),
  )
  await answer(url, 'POST /api/models/retrain', { body: { size: 'quick' } })
  await error('ERR_RETRAIN_RUNNING', url, 'POST /api/models/retrain', { body: {} })
  expect((await answer(url, 'GET /api/training')).rows).not.toBeNull()
  expect((await answer(url, 'DELETE /api/training')).state).toBe('cancelled')
})

test('answers about jobs', async () => {
  const store = memoryStore()
  const { url } = await serving({ store, retrainCron: '30 3 * * *' })
  expect((await answer(url, 'GET /api/jobs')).jobs).toEqual([])
  await store.planJob({ name: 'training', schedule: '30 3 * * *', nextRun: barAt(0).ts })
  await store.planJob({ name: 'of another server', schedule: '30 3 * * *', nextRun: barAt(0).ts })
  const states = async () => (await answer(url, 'GET /api/jobs')).jobs.map(({ name, state }) => `${name} ${state}`)
  expect(await states()).toEqual(['training overdue'])
  const claimant = { by: 'host/1', leaseMs: 1e9, graceMs: 0, skipTo: null }
  const claim = await store.claimJob('training', claimant)
  expect(await states()).toEqual(['training running'])
  const end = { outcome: 'failed', result: 'No rows.', nextRun: (Date.now() + 1e9) as Ms } as const
  await store.endJob('training', claim?.attempt ?? 0, end)
  expect((await answer(url, 'GET /api/jobs')).jobs).toMatchObject([
    { state: 'waiting', runBy: 'host/1', outcome: 'failed', result: 'No rows.', missed: 1, missedAt: rowAt(1).date },
  ])
})

test('answers about the budget and replays', async () => {
  const { url } = await serving()
  await answer(url, 'GET /api/budget')
  await answer(url, 'PUT /api/budget', { body: { alarmsPerWeek: 2, note: 'quiet' } })
  await error('ERR_BUDGET_INVALID', url, 'PUT /api/budget', { body: { alarmsPerWeek: 0 } })
  await answer(url, 'GET /api/settings')
  const settings = { market: btc.market, interval: '1h' }
  await answer(url, 'PATCH /api/settings', { body: { ...settings, leastSizePercent: 2, note: 'small' } })
  const group = { name: 'coins', members: ['*:BTC-USD'] }
  await answer(url, 'PUT /api/groups', { body: group })
  await error('ERR_GROUP_INVALID', url, 'PUT /api/groups', { body: { name: '' } })
  await answer(url, 'GET /api/groups')
  await answer(url, 'GET /api/market-wide', { query: { group: 'coins' } })
  await error('ERR_NOT_FOUND', url, 'GET /api/market-wide', { query: { group: 'none' } })
  await answer(url, 'DELETE /api/groups', { query: { name: 'coins' } })
  await error('ERR_NOT_FOUND', url, 'DELETE /api/groups', { query: { name: 'coins' } })
  await answer(url, 'GET /api/profile')
  await answer(url, 'PATCH /api/profile', { body: { episodesPerWeek: 3 } })
  await error('ERR_PROFILE_INVALID', url, 'PATCH /api/profile', { body: { episodesPerWeek: 0 } })
  await answer(url, 'GET /api/told', { query: { all: 'true' } })
  await error('ERR_SETTINGS_INVALID', url, 'PATCH /api/settings', { body: { ...settings, leastSizePercent: -1 } })
  const body = { source: { kind: 'csv', name: 'rows.csv' }, from: rowAt(0).date, to: rowAt(9).date } as const
  const { id } = await answer(url, 'POST /api/replays', { body })
  const params = { id }
  await answer(url, 'GET /api/replays')
  await answer(url, 'GET /api/replays/:id', { params })
  await answer(url, 'PATCH /api/replays/:id', { params, body: { seek: rowAt(5).date } })
  await answer(url, 'PATCH /api/replays/:id', { params, body: { until: 'anomaly' } })
  await answer(url, 'PATCH /api/replays/:id', { params, body: { state: 'stopped' } })
  await error('ERR_REPLAY_OVER', url, 'PATCH /api/replays/:id', { params, body: { state: 'playing' } })
  await error('ERR_REPLAY_INVALID', url, 'PATCH /api/replays/:id', { params, body: { step: 0 } })
  await error('ERR_REPLAY_INVALID', url, 'POST /api/replays', { body: {} })
  await error('ERR_NOT_FOUND', url, 'GET /api/replays/:id', { params: { id: 'none' } })
  await error('ERR_NOT_FOUND', url, 'PATCH /api/replays/:id', { params: { id: 'none' }, body: {} })
})

test('answers about sessions and the server', async () => {
  const { url, store, texts, stopping } = await keyed()
  await answer(url, 'GET /api/session')
  await answer(url, 'POST /api/session', { body: { key: texts.read } })
  await error('ERR_KEY_INVALID', url, 'POST /api/session', { body: { key: 'x' } })
  await error('ERR_KEY_INVALID', url, 'GET /api/session', {}, { authorization: 'Bearer x' })
  await error('ERR_BODY_SHAPE', url, 'POST /api/session', { body: {} })
  await answer(url, 'DELETE /api/session')
  const admin = { authorization: `Bearer ${texts.admin}` }
  expect(await send(url, 'GET /api/session', {}, admin)).toMatchObject({ scope: 'admin' })
  await send(url, 'GET /metrics', {}, admin)
  await answer(url, 'GET /healthz')
  await answer(url, 'GET /readyz')
  store.ping = () => Promise.reject(new CandlewatchError('ERR_DATABASE_UNREACHABLE', 'gone'))
  await send(url, 'GET /readyz')
  stopping.value = true
  expect(await send(url, 'GET /readyz')).toEqual({ status: 'stopping', checks: {} })
  await error('ERR_KEY_REQUIRED', url, 'GET /api/markets')
  await error('ERR_KEY_SCOPE', url, 'PUT /api/budget', { body: {} }, { authorization: `Bearer ${texts.read}` })
  const open = await serving()
  await error('ERR_NOT_FOUND', open.url, 'POST /api/session', { body: { key: 'x' } })
})

test.each(Object.entries<Route>(routes).filter(([, { query }]) => query))(
  '%s refuses a wrong query',
  async (name, route) => {
    const { url } = await serving()
    const query = { market: 'none', limit: 'none', replay: 'x'.repeat(65), archived: 'none' }
    const body = route.bodyType ? fileOf([]) : route.body && {}
    await error('ERR_QUERY_INVALID', url, name as RouteName, { query, params: { id: '1' }, body })
  },
)

test.each(Object.entries<Route>(routes).filter(([, { body, bodyType }]) => body && !bodyType))(
  '%s refuses a body that is not JSON',
  async (name, { path }) => {
    const { url } = await serving()
    const params = Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, param]) => [param, 'fake@1']))
    await error('ERR_BODY_TYPE', url, name as RouteName, { params, body: 'x' }, { 'content-type': 'text/plain' })
    await error('ERR_BODY_SHAPE', url, name as RouteName, { params, body: '{' })
  },
)

test('every event of the stream is in the contract, and every one of the contract is sent', async () => {
  const found = new Set<StreamEventName>()
  const store = memoryStore()
  const modelsDir = await fakeModels('1', '2')
  await store.appendWarmUp(
    btc,
    Array.from({ length: 1_000 }, (_, hour) => barAt(hour - 1_000)),
  )
  const server = await serving({ store, modelsDir, pingMs: 5 })
  const { url, send: post, nowMs } = server
  nowMs.value = closeOf(barAt(0).ts, 1_000)
  const cause = async () => {
    await post('POST', '/predict_anomaly', rowAt(0))
    await post('PUT', '/api/budget', { alarmsPerWeek: 3 })
    await post('PATCH', '/api/settings', { market: btc.market, interval: '1h', alarmsPerWeek: 4 })
    await post('POST', '/api/models/fake@1/promote', {})
    await post('POST', '/api/replays', {
      source: { kind: 'csv', name: 'x' },
      from: isoDate(openOf(barAt(0), hourMs)),
      to: rowAt(9).date,
    })
    await post('POST', '/api/models/retrain', {})
    nowMs.value = closeOf(nowMs.value, 3 * hourMs)
    server.feeds.check()
    await answer(url, 'POST /api/imports', { body: fileOf(linesFrom(0, 3)) })
  }
  const names = Object.keys(streamEvents) as StreamEventName[]
  const others = names.filter(name => name !== 'episode' && name !== 'told')
  const sentOnce = await eventsOf(
    `${url}/api/stream`,
    all => new Set(all.map(one => one.event)).size === others.length,
    cause,
  )
  const market = await judgedMarket(store)
  const resumed = await eventsOf(`${url}/api/stream?market=${market}&lastEventId=0`, all =>
    all.some(one => one.event === 'episode'),
  )
  const told = await eventsOf(
    `${url}/api/stream`,
    all => all.some(one => one.event === 'told'),
    async () => server.teller.catchUp(),
  )
  for (const { event, data } of [...sentOnce, ...resumed, ...told]) {
    const name = event as StreamEventName
    expect(names).toContain(name)
    expect(streamEvents[name].parse(data), event).toEqual(data)
    found.add(name)
  }
  expect(found).toEqual(new Set(names))
  checked.add('GET /api/stream 200')
})

// The last test: it finds out whether those above have checked every answer.
test('every answer of every route was checked: each status, each error and each media type', () => {
  for (const [name, route] of Object.entries<Route>(routes)) {
    const statuses = [route.status ?? 200, ...Object.keys(route.otherAnswers ?? {})]
    const codes = errorsOf(route).filter(code => !elsewhere.includes(code))
    const types = route.otherAnswerType ? [route.otherAnswerType] : []
    const wanted = [...statuses, ...codes, ...types].map(one => `${name} ${one}`)
    expect(wanted.filter(one => !checked.has(one))).toEqual([])
  }
})
