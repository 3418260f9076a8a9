import { request } from 'node:http'
import { expect, test } from 'vitest'
import { jsonOf, rowAt, serving } from '../serving.suite.ts'
import { keyed } from './keyed.suite.ts'

const listed = 'https://charts.example'
const preflight = (origin: string) => ({ origin, 'access-control-request-method': 'POST' })

test('by default no other origin is allowed, with a preflight request or without', async () => {
  const { ask } = await keyed()
  for (const origin of [listed, 'null', 'http://localhost:3000']) {
    const answers = [
      await ask('OPTIONS', '/predict_anomaly', null, undefined, preflight(origin)),
      await ask('GET', '/api/bars', 'read', undefined, { origin }),
    ]
    for (const { headers } of answers) {
      expect([...headers.keys()].filter(name => name.startsWith('access-control-'))).toEqual([])
    }
  }
})

test('an origin in CORS_ORIGINS may send requests with a key, but not with the cookie; a similar origin may not', async () => {
  const { ask } = await keyed({ corsOrigins: [listed] })
  const before = await ask('OPTIONS', '/predict_anomaly', null, undefined, preflight(listed))
  expect(before.status).toBe(204)
  expect(before.headers.get('access-control-allow-headers')).toMatch(/Authorization/)
  const posted = await ask('POST', '/predict_anomaly', 'ingest', rowAt(0), { origin: listed })
  expect([posted.status, posted.headers.get('access-control-allow-origin')]).toEqual([200, listed])
  expect(posted.headers.get('vary')).toMatch(/Origin/)
  for (const { headers } of [before, posted]) expect(headers.get('access-control-allow-credentials')).toBeNull()
  for (const origin of [`${listed}.evil.example`, listed.replace('https', 'http'), `${listed}:8443`]) {
    const other = await ask('GET', '/api/bars', 'read', undefined, { origin })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  }
})

/** fetch does not let the Host header be chosen. */
const statusFor = (url: string, headers: Record<string, string>) =>
  new Promise<number>((resolve, reject) => {
    const { hostname, port } = new URL(url)
    request({ hostname, port, path: '/api/bars', headers }, response => {
      response.resume()
      resolve(response.statusCode!)
    })
      .on('error', reject)
      .end()
  })

test.each(['localhost', '127.0.0.1:3000', '[::1]:3000', 'app.localhost'])(
  'without keys, Host %s is accepted as this machine',
  async host => {
    const { url } = await serving()
    expect(await statusFor(url, { host })).toBe(200)
  },
)

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '192.168.1.7:3000'])(
  'without keys, Host %s is refused, because it looks like DNS rebinding',
  async host => {
    const { url } = await serving()
    expect(await statusFor(url, { host })).toBe(403)
    expect(await statusFor((await keyed()).url, { host })).toBe(401)
  },
)

test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
  'without keys, a request from a proxy (%s) is refused, and the answer names the setting',
  async name => {
    const { url } = await serving()
    const response = await fetch(`${url}/api/bars`, { headers: { [name]: '203.0.113.9' } })
    const { code, detail } = await jsonOf<{ code: string; detail: string }>(response)
    expect([response.status, code]).toEqual([403, 'ERR_ORIGIN_REFUSED'])
    expect(detail).toContain('REQUIRE_KEYS=true')
  },
)

test('the policy of the page allows only its own scripts, frames and connections, and no inline scripts', async () => {
  const { get } = await serving()
  const policy = (await get('/')).headers.get('content-security-policy')!
  expect(policy).not.toContain('unsafe')
  expect(policy.split(';')).toEqual(
    expect.arrayContaining(["script-src 'self'", "connect-src 'self'", "object-src 'none'", "base-uri 'self'"]),
  )
  expect(policy).not.toMatch(/script-src[^;]*unsafe|default-src[^;]*unsafe|\*|https?:/)
  const { headers } = await get('/api/bars')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-powered-by')).toBeNull()
  expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null])
  expect((await get('/api/nowhere')).headers.get('cache-control')).toBe('no-store')
})

test('a page of another site cannot cause calls that cost something, not even ones without Origin', async () => {
  const { url } = await serving({ access: { corsOrigins: ['https://charts.example.com'] } })
  const statusOf = async (path: string, headers: Record<string, string>) =>
    (await fetch(`${url}${path}`, { headers })).status
  const foreign = { 'sec-fetch-site': 'cross-site' }
  for (const path of ['/api/rehearsal?alarmsPerWeek=1', '/API/verdicts', '/api/stream', '/metrics']) {
    expect(await statusOf(path, foreign)).toBe(403)
  }
  expect(await statusOf('/api/bars', { ...foreign, origin: 'https://evil.example' })).toBe(403)
  expect(await statusOf('/api/bars', { ...foreign, origin: 'https://charts.example.com' })).toBe(200)
  for (const site of ['same-origin', 'same-site', 'none']) {
    expect(await statusOf('/api/bars', { 'sec-fetch-site': site })).toBe(200)
  }
  // A link to the page, and a health check.
  expect(await statusOf('/', foreign)).not.toBe(403)
  expect(await statusOf('/healthz', foreign)).toBe(200)
})
