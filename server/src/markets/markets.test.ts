import type { MarketSummary } from '@candlewatch/api/markets'
import { expect, test } from 'vitest'
import { keyed } from '../access/keyed.suite.ts'
import { btc, jsonOf, rowAt, rowsFrom, type Serving, serving } from '../serving.suite.ts'

const of = { market: btc.market, interval: '1h' }

async function listed({ get }: Pick<Serving, 'get'>, query = ''): Promise<readonly MarketSummary[]> {
  return (await jsonOf<{ markets: readonly MarketSummary[] }>(get(`/api/markets${query}`))).markets
}

const archive = ({ send }: Pick<Serving, 'send'>, archived: boolean, market: string = of.market) =>
  send('PATCH', '/api/markets', { ...of, market, archived })

const remove = ({ url }: Pick<Serving, 'url'>, query: string) =>
  fetch(`${url}/api/markets?market=${of.market}&interval=1h${query}`, { method: 'DELETE' })

test('an archived market is not listed, its rows are refused, and its bars can be read; in use again, it goes on', async () => {
  const server = await serving()
  await server.post(rowsFrom(0, 5))
  await server.post(rowAt(0, { market: 'kraken:ETH-EUR' }))
  expect(await jsonOf(archive(server, true))).toEqual({ ...of, archived: true })
  expect((await listed(server)).map(({ market }) => market)).toEqual(['kraken:ETH-EUR'])
  expect((await listed(server, '?archived=true')).map(({ archived }) => archived)).toEqual([true, false])
  expect(await jsonOf(server.post(rowAt(5)))).toMatchObject({
    status: 409,
    code: 'ERR_MARKET_ARCHIVED',
    field: 'market',
    detail: expect.stringContaining('PATCH /api/markets'),
  })
  const { bars } = await jsonOf<{ bars: object[] }>(server.get(`/api/bars?market=${of.market}`))
  expect(bars).toHaveLength(5)
  const { feeds } = await jsonOf<{ feeds: object[] }>(server.get(`/api/feeds?market=${of.market}`))
  expect(feeds).toEqual([])

  const { coverage } = await jsonOf<{ coverage: { market: string }[] }>(server.get('/api/coverage'))
  expect(coverage.map(({ market }) => market)).toEqual(['kraken:ETH-EUR'])

  expect((await archive(server, false)).status).toBe(200)
  const verdict = await jsonOf<{ because: string }>(server.post(rowAt(5)))
  expect(verdict.because).toMatch(/^step 6,/)
})

test('a deleted market is gone, and its next row makes it anew', async () => {
  const server = await serving()
  await server.post(rowsFrom(0, 5))
  expect(await jsonOf(remove(server, ''))).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID', field: 'confirm' })
  expect(await jsonOf(remove(server, '&confirm=yes'))).toMatchObject({ status: 400, field: 'confirm' })
  expect(await listed(server)).toHaveLength(1)
  expect((await remove(server, `&confirm=${of.market}`)).status).toBe(204)
  expect(await listed(server, '?archived=true')).toEqual([])
  expect((await remove(server, `&confirm=${of.market}`)).status).toBe(404)
  expect((await archive(server, true)).status).toBe(404)
  const verdict = await jsonOf<{ because: string }>(server.post(rowAt(2)))
  expect(verdict.because).toMatch(/^step 1,/)
})

test('beyond MAX_MARKETS a new market is refused with what to do, and the known ones go on', async () => {
  const server = await serving({ env: { MAX_MARKETS: '2' } })
  for (const market of ['a:one', 'a:two']) expect((await server.post(rowAt(0, { market }))).status).toBe(200)
  expect(await jsonOf(server.post(rowAt(0, { market: 'a:three' })))).toMatchObject({
    status: 409,
    code: 'ERR_MARKETS_FULL',
    detail: expect.stringContaining('raise MAX_MARKETS'),
  })
  expect((await server.post(rowAt(1, { market: 'a:one' }))).status).toBe(200)
  await fetch(`${server.url}/api/markets?market=a:two&interval=1h&confirm=a:two`, { method: 'DELETE' })
  expect((await server.post(rowAt(0, { market: 'a:three' }))).status).toBe(200)
})

test('only a key of scope admin may archive or delete a market', async () => {
  const { ask } = await keyed()
  for (const method of ['PATCH', 'DELETE']) {
    expect((await ask(method, '/api/markets', 'ingest')).status).toBe(403)
    expect((await ask(method, '/api/markets', 'admin')).status).not.toBe(403)
  }
})
