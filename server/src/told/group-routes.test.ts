import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { GroupList, MarketWideMoves } from '@candlewatch/api/groups'
import { exampleEpisode, exampleVerdict } from '@candlewatch/core/eval/example-verdict'
import type { Market } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { barAt, hourMs, jsonOf, rowAt, serving } from '../serving.suite.ts'

test('groups are added, changed, listed with their markets and deleted', async () => {
  const { get, send, post, url } = await serving()
  for (const market of ['a:X', 'a:Y', 'b:X']) await post(rowAt(0, { market }))
  await send('PUT', '/api/groups', { name: 'all of a', members: ['a:*'] })
  const added = await jsonOf<GroupList>(send('PUT', '/api/groups', { name: 'X', members: ['b:X', '*:X@1m'] }))
  expect(added.groups).toEqual([
    { name: 'X', members: ['b:X', '*:X@1m'], markets: ['b:X'] },
    { name: 'all of a', members: ['a:*'], markets: ['a:X', 'a:Y'] },
  ])
  await send('PUT', '/api/groups', { name: 'X', members: ['*:X'] })
  const { groups } = await jsonOf<GroupList>(get('/api/groups'))
  expect(groups[0]?.markets).toEqual(['a:X', 'b:X'])
  const remove = () => fetch(`${url}/api/groups?name=X`, { method: 'DELETE' })
  expect((await jsonOf<GroupList>(remove())).groups.map(({ name }) => name)).toEqual(['all of a'])
  expect((await remove()).status).toBe(404)
})

test.each([
  [{ name: '', members: [] }, 'name'],
  [{ name: 'x'.repeat(41), members: [] }, 'name'],
  [{ name: 'x', members: '*' }, 'members'],
  [{ name: 'x', members: ['a:b@1'] }, 'members[0]'],
  [{ name: 'x' }, 'members'],
])('PUT /api/groups %j is refused', async (body, field) => {
  const { send } = await serving()
  expect(await jsonOf(send('PUT', '/api/groups', body))).toMatchObject({
    status: 422,
    code: 'ERR_GROUP_INVALID',
    field,
  })
})

test('the moves of a group are listed with their episodes', async () => {
  const store = memoryStore()
  for (const [i, market] of (['a:X', 'a:Y', 'a:Z', 'b:W'] as Market[]).entries()) {
    const stream = { market, intervalMs: hourMs }
    const bar = barAt(i, stream)
    const verdict = exampleVerdict(bar)
    const episode = exampleEpisode(market, Date.parse(verdict.date), { id: verdict.id })
    await store.commit(stream, [{ bar, verdict, episodes: [{ kind: 'opened', episode }] }], null)
  }
  const { get, send } = await serving({ store })
  await send('PUT', '/api/groups', { name: 'a', members: ['a:*'] })
  const answer = await jsonOf<MarketWideMoves>(get('/api/market-wide?group=a'))
  expect(answer).toMatchObject({
    group: 'a',
    markets: 3,
    from: 3,
    moves: [{ start: rowAt(0).date, end: rowAt(2).date, markets: ['a:X', 'a:Y', 'a:Z'], episodes: [{}, {}, {}] }],
  })
  expect(await jsonOf(get(`/api/market-wide?group=a&to=${rowAt(2).date}`))).toMatchObject({ moves: [] })
  expect(await jsonOf(get('/api/market-wide?group=none'))).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' })
})
