import type { MarketSummary } from '@candlewatch/api/markets'
import type { StreamSettings } from '@candlewatch/api/settings'
import { expect, test } from 'vitest'
import { btc, eventsOf, jsonOf, rowAt, rowsFrom, type Serving, serving } from '../serving.suite.ts'

interface Verdicts {
  readonly verdicts: readonly { readonly alarmsPerWeek: number; readonly feedShare: number }[]
}

const of = { market: btc.market, interval: '1h' }
const change = ({ send }: Pick<Serving, 'send'>, settings: object) =>
  send('PATCH', '/api/settings', { ...of, ...settings })

test('a stream without settings has the usual ones', async () => {
  const { get } = await serving()
  expect(await jsonOf(get('/api/settings'))).toEqual({
    ...of,
    alarmsPerWeek: null,
    leastSizePercent: 0,
    marketLane: true,
    feedLane: true,
    calendar: null,
    inForce: { alarmsPerWeek: 1, feedShare: 0.1 },
    since: null,
    note: '',
    history: [],
  })
})

test('settings are answered, listed and streamed to those who follow the stream, and count from its next bar alone', async () => {
  const server = await serving()
  const { url, post, get } = server
  await post(rowsFrom(0, 2))
  const isSettings = ({ event }: { event: string }) => event === 'settings'
  const other = eventsOf(`${url}/api/stream?market=a:b`, events => events.some(({ event }) => event === 'budget'))
  const [event] = (
    await eventsOf(
      `${url}/api/stream`,
      events => events.some(isSettings),
      () => change(server, { alarmsPerWeek: 2.5, feedLane: false, note: 'Too quiet.' }),
    )
  ).filter(isSettings)
  const shown = { ...of, alarmsPerWeek: 2.5, leastSizePercent: 0, marketLane: true, feedLane: false, calendar: null }
  expect(event?.data).toEqual({ ...shown, since: '2021-02-01T00:00:00.000Z', note: 'Too quiet.' })
  await server.send('PUT', '/api/budget', { alarmsPerWeek: 7 })
  expect((await other).filter(isSettings)).toEqual([])
  await post(rowsFrom(2, 4))
  await post(rowAt(0, { market: 'a:b' }))
  const judgedBy = async (query: string) =>
    (await jsonOf<Verdicts>(get(`/api/verdicts${query}`))).verdicts.map(v => [v.alarmsPerWeek, v.feedShare])
  expect(await judgedBy('')).toEqual([
    [1, 0.1],
    [1, 0.1],
    [2.5, 0],
    [2.5, 0],
  ])
  expect(await judgedBy('?market=a:b')).toEqual([[7, 0.1]])
  const answer = await jsonOf<StreamSettings>(get('/api/settings'))
  expect(answer).toMatchObject({ ...shown, inForce: { alarmsPerWeek: 2.5, feedShare: 0 }, history: [{}] })
  expect(await jsonOf(change(server, { alarmsPerWeek: 2.5 }))).toEqual(answer)
  const { markets } = await jsonOf<{ markets: MarketSummary[] }>(get('/api/markets'))
  expect(markets.map(({ market, alarmsPerWeek }) => [market, alarmsPerWeek])).toEqual([
    ['a:b', 7],
    [of.market, 2.5],
  ])
  expect(await jsonOf(change(server, { alarmsPerWeek: null }))).toMatchObject({
    alarmsPerWeek: null,
    feedLane: false,
    inForce: { alarmsPerWeek: 7, feedShare: 0 },
    history: [{}, {}],
  })
})

test.each([
  [{ alarmsPerWeek: 0 }, 'alarmsPerWeek'],
  [{ alarmsPerWeek: '2' }, 'alarmsPerWeek'],
  [{ leastSizePercent: -1 }, 'leastSizePercent'],
  [{ leastSizePercent: null }, 'leastSizePercent'],
  [{ marketLane: 'off' }, 'marketLane'],
  [{ marketLane: false, feedLane: false }, 'feedLane'],
  [{ market: 'nowhere' }, 'market'],
  [{ calendar: { timeZone: 'Mars/Base', sessions: [] } }, 'calendar.timeZone'],
  [{ note: 7 }, 'note'],
])('PATCH /api/settings %j is refused, and nothing changes', async (settings, field) => {
  const server = await serving()
  const response = await change(server, settings)
  expect(response.status).toBe(422)
  expect(await jsonOf(response)).toMatchObject({ code: 'ERR_SETTINGS_INVALID', field })
  expect(await jsonOf(server.get('/api/settings'))).toMatchObject({ since: null, history: [] })
})

test('the hours of a market are set and taken back', async () => {
  const server = await serving()
  const sessions = [{ days: ['mon', 'tue'], open: '09:30', close: '16:00' }]
  const calendar = { timeZone: 'America/New_York', sessions, holidays: ['2021-01-18'], earlyCloses: [] }
  expect(await jsonOf(change(server, { calendar }))).toMatchObject({ calendar, history: [{ calendar }] })
  expect(await jsonOf(change(server, { calendar, note: 'again' }))).toMatchObject({ history: [{ note: '' }] })
  expect(await jsonOf(change(server, { leastSizePercent: 1 }))).toMatchObject({ calendar })
  expect(await jsonOf(change(server, { calendar: null }))).toMatchObject({ calendar: null, leastSizePercent: 1 })
})
