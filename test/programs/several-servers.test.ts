import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'

const bars = syntheticYear({ seed: 5 }).series.bars
let place: Awaited<ReturnType<typeof makePlace>>

beforeAll(async () => {
  place = await makePlace()
  return place.remove
}, 60_000)

const rowOf = (market: string, hour: number, change: object = {}) => {
  const { ts, open, high, low, close, volume } = bars[hour]!
  return { market, date: new Date(ts - 3_600_000).toISOString(), open, high, low, close, volume, ...change }
}

async function start(): Promise<ServerProcess> {
  const server = await startTestServer(place.folder)
  onTestFinished(async () => {
    await server.stop({ signal: 'SIGKILL' })
  })
  return server
}

const post = ({ url }: ServerProcess, row: unknown) =>
  fetch(`${url}/predict_anomaly`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(row),
  })

/** Posts a row until it is answered with 200. Every other answer must be a 503 with Retry-After. */
async function postUntilJudged(server: ServerProcess, row: unknown): Promise<{ verdict: VerdictAnswer; ms: number }> {
  const from = performance.now()
  for (;;) {
    const response = await post(server, row)
    const body = await response.json()
    if (response.status === 200) return { verdict: body as VerdictAnswer, ms: Math.round(performance.now() - from) }
    expect(body).toMatchObject({ status: 503, code: 'ERR_STREAM_MOVED' })
    expect(response.headers.get('retry-after')).toBe('1')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function parity(): Promise<{ readonly code: number; readonly output: string }> {
  const script = fileURLToPath(new URL('../../lab/dist/parity.js', import.meta.url))
  const env = { ...process.env, DATABASE_URL: '', DATA_DIR: join(place.folder, 'postgres') }
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const [code] = await once(child, 'close')
  return { code, output }
}

test('rows sent to three servers in turn leave no gap, and parity holds', async () => {
  const servers = await Promise.all([start(), start(), start()])
  const market = 'test:TURNS'
  for (let hour = 0; hour < 60; hour++) {
    const response = await post(servers[hour % 3]!, rowOf(market, hour))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ market, fault: null })
  }
  for (const server of servers) expect((await post(server, rowOf(market, 59, { close: 1 }))).status).not.toBe(200)
  const { code, output } = await parity()
  expect(code, output).toBe(0)
})

test('after kill -9 of the owner another server takes over within its validity, and no row is lost', async () => {
  const [owner, other] = [await start(), await start()]
  const market = 'test:KILLED'
  for (let hour = 0; hour < 5; hour++) expect((await post(owner, rowOf(market, hour))).status).toBe(200)
  await owner.stop({ signal: 'SIGKILL' })
  const { verdict, ms } = await postUntilJudged(other, rowOf(market, 5))
  console.info(`take-over after kill -9: ${ms} ms`)
  expect(verdict.fault).toBeNull()
  const stored = await (await fetch(`${other.url}/api/verdicts?market=${market}`)).json()
  expect((stored as { verdicts: unknown[] }).verdicts).toHaveLength(6)
})

test('after SIGTERM of the owner the next row is judged elsewhere at once', async () => {
  const [owner, other] = [await start(), await start()]
  const market = 'test:STOPPED'
  for (let hour = 0; hour < 5; hour++) expect((await post(other, rowOf(market, hour))).status).toBe(200)
  // The other way round: the market belongs to `other`.
  expect(await other.stop()).toBe(0)
  const { verdict, ms } = await postUntilJudged(owner, rowOf(market, 5))
  console.info(`take-over after SIGTERM: ${ms} ms`)
  expect(verdict.fault).toBeNull()
})

test('an owner that was frozen and taken over cannot write when it wakes up', async () => {
  const [owner, other] = [await start(), await start()]
  const market = 'test:FROZEN'
  for (let hour = 0; hour < 5; hour++) expect((await post(owner, rowOf(market, hour))).status).toBe(200)
  process.kill(owner.pid, 'SIGSTOP')
  // These wait in its connections until it wakes up.
  const [same, different] = [post(owner, rowOf(market, 5)), post(owner, rowOf(market, 6, { close: 1, low: 1 }))]
  const { verdict } = await postUntilJudged(other, rowOf(market, 5))
  await postUntilJudged(other, rowOf(market, 6))
  process.kill(owner.pid, 'SIGCONT')
  expect(await (await same).json()).toEqual(verdict)
  expect((await different).status).toBe(409)
  expect((await post(owner, rowOf(market, 7))).status).toBe(200)
  const { code, output } = await parity()
  expect(code, output).toBe(0)
})
