import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { routes } from '@candlewatch/api/routes'
import { CandlewatchError } from '@candlewatch/core/errors'
import { expect, onTestFinished, test } from 'vitest'
import { barAt, btc, jsonOf, rowAt, rowsFrom, serving } from './serving.suite.ts'

interface Page {
  readonly bars: { readonly date: string }[]
  readonly verdicts: { readonly date: string }[]
  readonly nextCursor: string | null
  readonly lastEventId: string
}

test.each(['bars', 'verdicts'] as const)(
  '/api/%s returns the newest rows, oldest first, and a cursor to the older ones',
  async name => {
    const { post, get } = await serving()
    await post(rowsFrom(0, 25))
    const dates = rowsFrom(0, 25).map(row => row.date)
    const pages: string[][] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page = await jsonOf(get(`/api/${name}?limit=10${cursor === '' ? '' : `&cursor=${cursor}`}`))
      pages.unshift(page[name].map(row => row.date))
      cursor = page.nextCursor
    }
    expect(pages).toEqual([dates.slice(0, 5), dates.slice(5, 15), dates.slice(15)])
  },
)

test('/api/bars includes from and excludes to, and a bar looks like the row that was posted', async () => {
  const { post, get } = await serving()
  await post(rowsFrom(0, 10))
  const page = await jsonOf<Page>(get(`/api/bars?from=2021-01-01T02:00Z&to=2021-01-01T04:00Z`))
  const of = { market: 'bitstamp:BTC-USD', interval: '1h' }
  expect(page).toEqual({
    bars: [
      { ...of, ...rowAt(2) },
      { ...of, ...rowAt(3) },
    ],
    nextCursor: null,
  })
})

test('/api/bars includes the warm-up, /api/verdicts only the verdicts that were answered', async () => {
  const store = memoryStore()
  await store.appendWarmUp(btc, [barAt(0), barAt(1)])
  const { post, get } = await serving({ store })
  await post(rowAt(2))
  expect((await jsonOf<Page>(get('/api/bars'))).bars).toHaveLength(3)
  expect(await jsonOf<Page>(get('/api/verdicts'))).toMatchObject({
    verdicts: [{ date: rowAt(2).date }],
    lastEventId: '1',
  })
})

test('an unknown market has empty pages', async () => {
  const { get } = await serving()
  expect(await jsonOf(get('/api/bars?market=a:b'))).toEqual({ bars: [], nextCursor: null })
  expect(await jsonOf(get('/api/verdicts?market=a:b'))).toEqual({ verdicts: [], nextCursor: null, lastEventId: '0' })
})

test.each([
  ['limit=0', 'limit'],
  ['limit=10001', 'limit'],
  ['limit=ten', 'limit'],
  ['from=yesterday', 'from'],
  ['cursor=zzz', 'cursor'],
  ['market=btc', 'market'],
  ['interval=5', 'interval'],
  ['market=a:b&market=c:d', 'market'],
])('/api/bars?%s is answered with 400 at %s', async (query, field) => {
  const { get } = await serving()
  expect(await jsonOf(get(`/api/bars?${query}`))).toMatchObject({ status: 400, code: 'ERR_QUERY_INVALID', field })
})

test('/api/markets returns the stored streams, the model and the budget', async () => {
  const { post, get } = await serving()
  await post(rowsFrom(0, 10))
  expect(await jsonOf(get('/api/markets'))).toEqual({
    markets: [
      {
        replayOf: null,
        market: 'bitstamp:BTC-USD',
        interval: '1h',
        archived: false,
        bars: 10,
        first: '2021-01-01T00:00:00Z',
        last: '2021-01-01T09:00:00Z',
        alarmsPerWeek: 1,
        model: { name: 'fake', version: '1', because: 'set' },
      },
    ],
  })
})

test('the server is always live, but ready only while the database answers', async () => {
  const store = memoryStore()
  const ms = expect.any(Number)
  const { get } = await serving({ store })
  expect(await jsonOf(get('/readyz'))).toEqual({
    status: 'ready',
    checks: { database: { state: 'ready', ms }, model: { state: 'ready', ms } },
  })
  store.ping = () => Promise.reject(new CandlewatchError('ERR_DATABASE_UNREACHABLE', 'none at db.internal:5432'))
  const response = await get('/readyz')
  expect(response.status).toBe(503)
  expect(await jsonOf(response)).toEqual({
    status: 'not ready',
    checks: {
      database: { state: 'failed', ms, code: 'ERR_DATABASE_UNREACHABLE' },
      model: { state: 'ready', ms },
    },
  })
  expect(await jsonOf(get('/healthz'))).toEqual({ status: 'alive' })
})

test('an unknown address is answered with 404 as a problem', async () => {
  const { get, send } = await serving()
  for (const response of [await get('/api/nothing'), await get('/nothing'), await send('POST', '/api/bars', {})]) {
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await jsonOf(response)).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' })
  }
  expect((await get('/api/replays/%zz')).status).toBe(400)
})

test('/openapi.json is OpenAPI 3.1 and has every call and the row with its example', async () => {
  const { get } = await serving()
  const document = await jsonOf<{
    openapi: string
    paths: Record<string, object>
    components: { schemas: Record<string, object> }
  }>(get('/openapi.json'))
  expect(document.openapi).toBe('3.1.0')
  const listed = Object.entries(document.paths).flatMap(([path, calls]) =>
    Object.keys(calls).map(method => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(new Set(listed)).toEqual(new Set(Object.keys(routes)))
  expect(document.components.schemas.Row).toMatchObject({
    type: 'object',
    required: ['date', 'open', 'high', 'low', 'close', 'volume'],
    example: { date: '2021-05-19T12:00:00Z' },
  })
})

test('the example of /openapi.json is a row that the server accepts', async () => {
  const { get, post, nowMs } = await serving()
  const document = await jsonOf<{ components: { schemas: { Row: { example: object } } } }>(get('/openapi.json'))
  nowMs.value = Date.UTC(2022, 0, 1) as typeof nowMs.value
  expect((await post(document.components.schemas.Row.example)).status).toBe(200)
})

test('/docs works under the content security policy, because it loads only own scripts', async () => {
  const { get, url } = await serving()
  const response = await get('/docs/')
  const policy = response.headers.get('content-security-policy')!
  expect(policy).toContain("script-src 'self'")
  expect(policy).not.toContain('upgrade-insecure-requests')
  const scripts = [...(await response.text()).matchAll(/<script([^>]*)>([^<]*)<\/script>/g)]
  expect(scripts.length).toBeGreaterThan(1)
  for (const [, attributes, inline] of scripts) {
    expect(inline!.trim()).toBe('')
    const file = /src="([^"]+)"/.exec(attributes!)![1]!
    expect((await fetch(new URL(file, `${url}/docs/`))).headers.get('content-type')).toMatch(/javascript/)
  }
})

test('index.html is never cached, hashed assets are cached for a year', async () => {
  const webDir = await mkdtemp(join(tmpdir(), 'page-'))
  onTestFinished(() => rm(webDir, { recursive: true }))
  await mkdir(join(webDir, 'assets'))
  await writeFile(join(webDir, 'index.html'), '<h1>Candlewatch</h1>')
  await writeFile(join(webDir, 'assets', 'main-a1b2.js'), '1')
  const { get } = await serving({ webDir })
  const index = await get('/')
  expect(await index.text()).toBe('<h1>Candlewatch</h1>')
  expect(index.headers.get('cache-control')).toBe('no-cache')
  for (const room of ['/overview', '/models', '/data/']) {
    const served = await get(room)
    expect(await served.text()).toBe('<h1>Candlewatch</h1>')
    expect(served.headers.get('cache-control')).toBe('no-cache')
  }
  expect((await get('/nowhere')).status).toBe(404)
  expect((await get('/assets/main-a1b2.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await get('/assets/none.js')).status).toBe(404)
})

test('scripts and styles are sent gzipped to clients that accept it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'page-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const webDir = join(folder, 'web')
  await mkdir(join(webDir, 'assets'), { recursive: true })
  const script = 'export const far = 1\n'.repeat(1_000)
  await writeFile(join(webDir, 'assets', 'main-a1b2.js'), script)
  await writeFile(join(folder, 'secret.js'), 'above')
  const { url } = await serving({ webDir })
  const ask = (path: string, encoding: string, method = 'GET') =>
    fetch(`${url}/assets/${path}`, { method, headers: { 'accept-encoding': encoding } })
  const small = await ask('main-a1b2.js', 'gzip')
  expect(small.headers.get('content-encoding')).toBe('gzip')
  expect(Number(small.headers.get('content-length'))).toBeLessThan(script.length / 10)
  expect(small.headers.get('content-type')).toMatch(/javascript/)
  expect(await small.text()).toBe(script)
  expect((await ask('main-a1b2.js', 'gzip', 'HEAD')).headers.get('content-encoding')).toBe('gzip')
  const plain = await ask('main-a1b2.js', 'identity')
  expect(plain.headers.get('content-encoding')).toBe(null)
  expect(await plain.text()).toBe(script)
  for (const { headers } of [small, plain]) {
    expect(headers.get('vary')).toContain('Accept-Encoding')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  }
  expect((await ask('..%2f..%2fsecret.js', 'gzip')).ok).toBe(false)
})

test('without a built page the answer says how to build it', async () => {
  const { get } = await serving()
  expect(await (await get('/')).text()).toMatch(/npm run build/)
})
