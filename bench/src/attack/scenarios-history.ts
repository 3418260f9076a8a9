import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { hourMs, minuteMs } from '@candlewatch/core/time'
import { post, type Row, send, take, walk } from './client.ts'
import type { Ground } from './ground.ts'
import { runProgram } from './program.ts'

const simulator = fileURLToPath(new URL('../../../simulator/dist/main.js', import.meta.url))

/** Rows arrive late; others have a date that is too new: one of the future, and one that is withdrawn. The feed goes on. */
export async function lateAndFutureRows(ground: Ground): Promise<string> {
  const server = await ground.server()
  const market = 'attack:LATE-USD'
  const rows = walk(market, ground.rng)
  ground.listener(server, market)
  await post([server.url], take(rows, 30))
  const rounds = 3
  for (let round = 0; round < rounds; round++) {
    const [late, ...later] = take(rows, 10)
    if (!late) throw new Error('Expected a row.')
    await post([server.url], later)
    await post([server.url], late)
    const [ahead] = take(walk(market, ground.rng, Date.parse(late.date) + 20_000 * minuteMs), 1)
    const [future] = take(walk(market, ground.rng, Date.UTC(2200, 0, 1)), 1)
    if (!ahead || !future) throw new Error('Expected a row.')
    const { status } = await send(server.url, 'POST', '/predict_anomaly', future)
    if (status !== 422) throw new Error(`A row of the year 2200 was answered with ${status}.`)
    await post([server.url], ahead)
    const query = new URLSearchParams({ market, interval: '1m', date: ahead.date, reason: 'a wrong date' })
    const withdrawal = await send(server.url, 'DELETE', `/api/bars?${query}`)
    if (withdrawal.status !== 200) throw new Error(`A withdrawal was answered with ${withdrawal.status}.`)
    await post([server.url], take(rows, 10))
  }
  return `${rounds} late rows judged in their place, as many mistaken ones withdrawn`
}

/** Two replays of different periods run beside real rows of the same market. */
export async function replaysBesideAFeed(ground: Ground): Promise<string> {
  const server = await ground.server()
  const market = 'synthetic:BTC-USD'
  const real = hours(take(walk(market, ground.rng), 60))
  await post([server.url], real.slice(0, 30))
  const before = await rowsOf(ground, market)
  for (const [from, to] of [
    ['2021-05-01', '2021-05-06'],
    ['2021-09-01', '2021-09-06'],
    ['2021-05-03', '2021-05-08'],
  ]) {
    await simulate(ground, ['--from', `${from}`, '--to', `${to}`])
  }
  await simulate(ground, ['--from', '2021-05-01', '--to', '2021-05-04', '--restart'])
  await post([server.url], real.slice(30))
  const after = await rowsOf(ground, market)
  if (before.some((row, i) => row !== after[i])) throw new Error('A replay changed real rows.')
  if (after.length !== real.length) throw new Error(`${after.length} rows are stored of ${real.length} real ones.`)
  return `four replays beside ${real.length} real rows`
}

/** Years are dropped from the beginning of a market that goes on. */
export async function retentionUnderWay(ground: Ground): Promise<string> {
  const market = 'attack:OLD-USD'
  // Enough for a snapshot: years that an engine still has to learn stay.
  const posted = 1_200
  const dayBefore = Date.UTC(2019, 11, 31, 12)
  const rows = walk(market, ground.rng, dayBefore)
  const first = await ground.server()
  await post([first.url], take(rows, posted))
  await first.stop({ patienceMs: 15_000 })
  await ground.sql(`update bars set seen = open_time + interval '1 minute'`)
  const second = await ground.server({ RETENTION_DAYS: '1' })
  const left = async () => (await ground.sql<{ n: string }>('select count(*) as n from bars'))[0]?.n
  const until = performance.now() + 30_000
  while ((await left()) === String(posted) && performance.now() < until) await wait(100)
  if ((await left()) === String(posted)) throw new Error('No year was dropped.')
  await post([second.url], take(rows, 50))
  return `${posted + 50} rows, of which ${await left()} are left`
}

/** Models, corrections and budgets change while rows arrive. */
export async function changesWhileRowsArrive(ground: Ground): Promise<string> {
  const version = otherVersion(ground.modelsDir)
  const servers = [await ground.server(), await ground.server()]
  const urls = servers.map(({ url }) => url)
  const market = 'attack:CHANGED-USD'
  const rows = walk(market, ground.rng)
  const posted = take(rows, 40)
  await post(urls, posted)
  for (const server of servers) ground.listener(server, market)
  const rounds = 6
  for (let round = 0; round < rounds; round++) {
    const url = urls[round % 2] as string
    const [correct, promote, budget] = await Promise.all([
      retried(() => send(url, 'POST', '/api/corrections', correctionOf(posted, ground))),
      send(url, 'POST', `/api/models/btc-usd-1h@${version[round % 2]}/promote`, { because: 'The attack says so.' }),
      send(url, 'PUT', '/api/budget', { alarmsPerWeek: 1 + (round % 3) }),
      ...take(rows, 1).map(row => {
        posted.push(row)
        return post([url], row)
      }),
    ])
    for (const { status, text } of [correct, promote, budget]) {
      if (status >= 300) throw new Error(`${status}: ${text.slice(0, 300)}`)
    }
  }
  return `${rounds} promotions, corrections and budgets`
}

function correctionOf(posted: readonly Row[], { rng }: Ground): object {
  const row = posted[Math.floor(posted.length * rng.uniform())]
  if (!row) throw new Error('Expected a row.')
  const { market, interval, date, open, high, low, volume } = row
  return {
    market,
    interval,
    date,
    open,
    high: high * 1.001,
    low,
    close: low + (high - low) * rng.uniform(),
    volume,
    reason: 'It was wrong.',
  }
}

async function retried(call: () => ReturnType<typeof send>): ReturnType<typeof send> {
  let answer = await call()
  for (let attempt = 0; answer.status === 503 && attempt < 100; attempt++) {
    await wait(100)
    answer = await call()
  }
  return answer
}

/** The names of both versions: the shipped one, and a copy of it under another name. */
function otherVersion(modelsDir: string): readonly [string, string] {
  const folder = join(modelsDir, 'btc-usd-1h')
  const [shipped] = readdirSync(folder)
  if (!shipped) throw new Error(`Expected a model in ${folder}.`)
  const copy = `${shipped}b`
  cpSync(join(folder, shipped), join(folder, copy), { recursive: true })
  const file = join(folder, copy, 'manifest.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace(`"${shipped}"`, `"${copy}"`))
  return [copy, shipped]
}

/** The same candles as hours. */
function hours(rows: readonly Row[]): Row[] {
  const startMs = Date.UTC(2021, 4, 2)
  return rows.map(({ market, open, high, low, close, volume }, i) => ({
    market,
    interval: '1h',
    date: new Date(startMs + i * hourMs).toISOString(),
    open,
    high,
    low,
    close,
    volume,
  }))
}

async function rowsOf({ sql }: Ground, market: string): Promise<readonly string[]> {
  const rows = await sql<{ text: string }>(
    `select b::text || v.body::text as text from bars as b join verdicts as v using (market, interval, open_time)
    where market = '${market}' order by open_time`,
  )
  return rows.map(({ text }) => text)
}

async function simulate({ url, modelsDir }: Ground, args: readonly string[]): Promise<void> {
  const all = ['--every', '0', '--once', '--port', '0', ...args]
  const { code, text } = await runProgram(simulator, all, { DATABASE_URL: url, MODELS_DIR: modelsDir })
  if (code !== 0) throw new Error(`simulate ${args.join(' ')} ended with ${code}: ${text.slice(-400)}`)
}
