import { join } from 'node:path'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { tcpProxy } from '@candlewatch/adapters/processes/tcp-proxy'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { expect, onTestFinished, test } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'

const rows = syntheticYear({ seed: 3 }).series.bars.map(({ ts, open, high, low, close, volume }) => ({
  date: new Date(ts - 3_600_000).toISOString(),
  open,
  high,
  low,
  close,
  volume,
}))
const markets = ['a:one', 'a:two', 'a:three', 'a:four']

/** Posts five rows at a time, refused or not, until nobody listens any more. Returns the dates that were answered. */
async function postUntilGone({ url }: ServerProcess, market: string): Promise<string[]> {
  const answered: string[] = []
  for (let at = 0; at < rows.length; ) {
    const batch = rows.slice(at, at + 5).map(row => ({ market, ...row }))
    const response = await fetch(`${url}/predict_anomaly`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    }).catch(() => null)
    if (response === null) return answered
    const body: unknown = await response.json()
    if (response.status !== 200) continue
    answered.push(...(body as { date: string }[]).map(one => one.date))
    at += 5
  }
  throw new Error('The server was never stopped.')
}

async function storedDates({ url }: ServerProcess, market: string): Promise<Set<string>> {
  const response = await fetch(`${url}/api/bars?market=${market}&limit=10000`)
  const { bars } = (await response.json()) as { bars: { date: string }[] }
  return new Set(bars.map(bar => bar.date))
}

test('SIGTERM under load stores every answered row, disconnects listeners, and ends cleanly and soon', async () => {
  const place = await makePlace()
  onTestFinished(place.remove)
  const server = await startTestServer(place.folder)
  const stream = fetch(`${server.url}/api/stream?market=a:one`).then(response => response.text())
  const posting = markets.map(market => postUntilGone(server, market))
  for (const market of markets) {
    await expect.poll(async () => (await storedDates(server, market)).size).toBeGreaterThan(50)
  }

  // Code 0: it stopped in order and within its own deadline, after which it would exit with 1.
  const code = await server.stop()
  expect(code, server.log()).toBe(0)
  // A stream that breaks off would reject instead.
  expect(await stream).toMatch(/^retry: \d+\n\n/)

  const answered = await Promise.all(posting)
  const again = await startTestServer(place.folder)
  for (const [i, market] of markets.entries()) {
    expect(answered[i]!.length).toBeGreaterThan(0)
    const stored = await storedDates(again, market)
    expect(answered[i]!.filter(date => !stored.has(date))).toEqual([])
  }
  expect(await again.stop()).toBe(0)
})

test('SIGTERM at rest ends the server even if a listener stays', async () => {
  const place = await makePlace()
  onTestFinished(place.remove)
  const server = await startTestServer(place.folder)
  const readiness = await fetch(`${server.url}/readyz`)
  expect(await readiness.json()).toMatchObject({
    status: 'ready',
    checks: { database: { state: 'ready' }, migrations: { state: 'ready' }, model: { state: 'ready' } },
  })
  const stream = fetch(`${server.url}/api/stream`).then(response => response.text())
  await expect
    .poll(async () => (await fetch(`${server.url}/metrics`)).text())
    .toContain('candlewatch_stream_listeners 1')
  expect(await server.stop()).toBe(0)
  expect(await stream).toContain('retry: ')
})

test('SIGTERM while the database says nothing more ends the server in order, and the row that waits is answered', async () => {
  const place = await makePlace()
  onTestFinished(place.remove)
  const database = await startEmbedded({ dataDir: join(place.folder, 'postgres') })
  onTestFinished(database.stop)
  const proxy = await tcpProxy(database.url)
  onTestFinished(proxy.close)
  const server = await startTestServer(place.folder, { DATABASE_URL: proxy.url })
  const post = (row: object) =>
    fetch(`${server.url}/predict_anomaly`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ market: 'a:one', ...row }),
    })
  const [first, second] = rows
  if (!first || !second) throw new Error('Expected two rows.')
  expect((await post(first)).status).toBe(200)
  proxy.rule({ kind: 'silent', asked: /./ })
  const waiting = post(second)
  await expect
    .poll(async () => (await fetch(`${server.url}/metrics`)).text())
    .toContain('candlewatch_waiting_requests 1')
  const code = await server.stop()
  expect(code, server.log()).toBe(0)
  expect((await waiting).status).toBe(503)
})
