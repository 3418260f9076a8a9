import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import type { Market } from '@candlewatch/core/types'
import { runParity } from '@candlewatch/lab/parity'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { makePlace, startReplay, writeCsv } from '../replay.ts'

const market: Market = 'bitstamp:BTC-USD'
const own = 'replay:rows.csv/bitstamp:BTC-USD'
const { series } = syntheticYear({ seed: 6 })
const bars = series.bars.slice(0, 600).map(bar => ({ ...bar, market }))
let place: Awaited<ReturnType<typeof makePlace>>
let args: readonly string[]

beforeAll(async () => {
  place = await makePlace()
  await writeCsv(join(place.folder, 'rows.csv'), bars, series.intervalMs)
  args = ['--csv', join(place.folder, 'rows.csv'), '--market', market, '--once']
})
afterAll(() => place.remove())
afterEach(() => vi.unstubAllEnvs())

const openAt = (row: number) => new Date((bars[row]?.ts ?? 0) - series.intervalMs).toISOString()
const period = (from: number, to: number) => ['--from', openAt(from), '--to', openAt(to)]

/** Judges everything in the database again. */
async function parity() {
  vi.stubEnv('DATABASE_URL', '')
  vi.stubEnv('DATA_DIR', join(place.folder, 'postgres'))
  const lines: string[] = []
  const output = {
    isTTY: false,
    line: (text: string) => void lines.push(text),
    error: (text: string) => void lines.push(text),
  }
  const file = join(place.folder, 'parity.json')
  const code = await runParity(['--json', file], output)
  const { compared, notCompared, details } = JSON.parse(await readFile(file, 'utf8'))
  return { code, compared, notCompared, details, lines }
}

test('verdicts follow from the bars after replays of different periods, in any order, overlapping or apart', async () => {
  const runs: readonly (readonly [from: number, to: number, compared: number, ...options: string[]])[] = [
    [300, 340, 40],
    [400, 430, 70],
    [420, 450, 90],
    // Rows before the answered ones: the replay starts over.
    [100, 140, 40],
    [200, 230, 70],
    [150, 160, 10, '--restart'],
  ]
  for (const [from, to, compared, ...options] of runs) {
    const replay = startReplay(place.folder, [...args, '--every', '0', ...period(from, to), ...options])
    expect(await replay.ended, replay.output()).toBe(0)
    expect(await parity(), `${from} to ${to}`).toMatchObject({ code: 0, compared, notCompared: 0, details: [] })
  }
}, 240_000)

test('a row of another source during a replay moves the replay to a market of its own; the row and its market stay', async () => {
  const replay = startReplay(place.folder, [...args, '--every', '20ms', ...period(250, 500), '--restart'])
  const page = await replay.page
  const list = async (path: string) => (await fetch(`${page}${path}`)).json()
  const judged = async (of: string) => (await list(`/api/verdicts?market=${of}&limit=1000`)).verdicts.length
  await expect.poll(() => judged(market), { timeout: 60_000 }).toBeGreaterThan(3)
  const row = { market, date: '2022-01-01T00:00:00Z', open: 100, high: 110, low: 90, close: 105, volume: 1 }
  const answer = await fetch(`${page}/predict_anomaly`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(row),
  })
  expect(answer.status).toBe(200)
  const before = await judged(market)
  await expect.poll(() => judged(own), { timeout: 60_000 }).toBeGreaterThan(3)
  expect(await judged(market)).toBe(before)
  expect((await list('/api/markets')).markets).toMatchObject([
    { market, replayOf: null },
    { market: own, replayOf: market },
  ])
  const { replays } = await list('/api/replays')
  expect(replays).toMatchObject([
    { market: own, state: expect.stringMatching(/playing|finished/) },
    { market, state: 'stopped' },
  ])
  expect(await replay.ended, replay.output()).toBe(0)
  expect(replay.output()).toContain(`Rows of another source came to ${market}`)
  expect(JSON.parse(replay.output().trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ posted: 250, failed: 0 })

  const again = startReplay(place.folder, [...args, '--every', '0', ...period(100, 120), '--restart'])
  expect(await again.ended, again.output()).toBe(0)
  expect(again.output()).toContain(`Market    ${own}`)
  expect(await parity()).toMatchObject({ code: 0, compared: before + 20, notCompared: 0 })
}, 240_000)
