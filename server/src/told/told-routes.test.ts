import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Profile } from '@candlewatch/api/told'
import { expect, test } from 'vitest'
import { keyed } from '../access/keyed.suite.ts'
import { judgedMarket } from '../http/judged-market.suite.ts'
import { btc, eventsOf, jsonOf, rowAt, serving } from '../serving.suite.ts'

test('where no keys are used there is one profile; fields that are left out stay', async () => {
  const { get, send, post } = await serving()
  await post(rowAt(0))
  await post(rowAt(0, { market: 'a:b' }))
  const usual = { id: 'default', markets: ['*'], groups: [], episodesPerWeek: 7, leastSizePercent: 0, streams: 2 }
  expect(await jsonOf(get('/api/profile'))).toEqual(usual)
  const changed = await jsonOf<Profile>(send('PATCH', '/api/profile', { markets: ['a:*'], episodesPerWeek: 2 }))
  expect(changed).toEqual({ ...usual, markets: ['a:*'], episodesPerWeek: 2, streams: 1 })
  await send('PUT', '/api/groups', { name: 'coins', members: [btc.market] })
  expect(await jsonOf(send('PATCH', '/api/profile', { groups: ['coins'] }))).toEqual({
    ...changed,
    groups: ['coins'],
    streams: 2,
  })
})

test.each([
  [{ markets: 'all' }, 'markets'],
  [{ markets: ['a b'] }, 'markets[0]'],
  [{ groups: [''] }, 'groups[0]'],
  [{ episodesPerWeek: 0 }, 'episodesPerWeek'],
  [{ leastSizePercent: 101 }, 'leastSizePercent'],
])('PATCH /api/profile %j is refused', async (body, field) => {
  const { send, get } = await serving()
  const answer = await jsonOf(send('PATCH', '/api/profile', body))
  expect(answer).toMatchObject({ status: 422, code: 'ERR_PROFILE_INVALID', field })
  expect(await jsonOf(get('/api/profile'))).toMatchObject({ episodesPerWeek: 7 })
})

test('each key has a profile of its own from its first change on', async () => {
  const { ask } = await keyed()
  await ask('PATCH', '/api/profile', 'read', { episodesPerWeek: 3 })
  const of = async (key: 'read' | 'admin') => jsonOf<Profile>(ask('GET', '/api/profile', key))
  expect(await of('read')).toMatchObject({ episodesPerWeek: 3 })
  expect(await of('admin')).toMatchObject({ id: 'default', episodesPerWeek: 7 })
  expect((await of('read')).id).not.toBe('default')
})

test('episodes of the committed verdicts are told, listed and streamed to those whose profile it is', async () => {
  const store = memoryStore()
  const server = await serving({ store })
  const market = await judgedMarket(store)
  const [event] = (
    await eventsOf(
      `${server.url}/api/stream?market=no:BARS`,
      events => events.some(one => one.event === 'told'),
      async () => server.teller.catchUp(),
    )
  ).filter(one => one.event === 'told')
  expect(event?.data).toMatchObject({ profile: 'default', n: 1, because: 'within-budget', group: null })
  const { incidents } = await jsonOf<{ incidents: { n: number; told: string | null; at: string }[] }>(
    server.get('/api/told?all=true'),
  )
  expect(incidents[0]).toEqual(event?.data)
  const told = await jsonOf<{ incidents: object[] }>(server.get('/api/told'))
  expect(told.incidents).toEqual(incidents.filter(one => one.told !== null))
  const first = incidents[0]?.at ?? ''
  expect(await jsonOf(server.get(`/api/told?to=${first}`))).toEqual({ profile: 'default', incidents: [] })
  expect(JSON.stringify(told)).toContain(market)
})
