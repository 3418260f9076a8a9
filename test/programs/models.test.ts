import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { isoDate } from '@candlewatch/core/interval'
import type { Bar } from '@candlewatch/core/types'
import { expect, onTestFinished, test } from 'vitest'
import { makePlace, writeCsv } from '../replay.ts'
import { startTestServer } from '../server.ts'

const trainer = fileURLToPath(new URL('../../lab/dist/train.js', import.meta.url))
const market = 'bitstamp:BTC-USD'
const small = ['--units', '4', '--members', '1', '--lookback', '6', '--epochs', '1', '--distillation', '0']

test('a version trained by hand is promoted on a server that has never seen its files, and used by another', async () => {
  const place = await makePlace()
  onTestFinished(place.remove)
  const database = await startEmbedded({ dataDir: join(place.folder, 'postgres') })
  onTestFinished(database.stop)
  const env = { DATABASE_URL: database.url }
  const start = async (name: string) => {
    const server = await startTestServer(join(place.folder, name), env)
    onTestFinished(async () => void (await server.stop()))
    return server
  }
  const [one, other] = [await start('one'), await start('other')]
  const { series } = syntheticYear({ seed: 5 })
  await writeCsv(join(place.folder, 'rows.csv'), series.bars.slice(0, 1_100), series.intervalMs)

  const from = [
    '--csv',
    join(place.folder, 'rows.csv'),
    '--name',
    'btc-usd-1h',
    '--models',
    join(place.folder, 'trained'),
  ]
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [trainer, ...from, ...small, '--to', '2022-01-01', '--json'],
    {
      env: { ...process.env, ...env },
    },
  )
  const { version } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { version: string }

  const promoted = await fetch(`${one.url}/api/models/btc-usd-1h@${version}/promote`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(await promoted.json()).toMatchObject({ version, state: 'champion' })
  await expect.poll(async () => (await fetch(`${other.url}/metrics`)).text()).toContain(`version="${version}"} 1`)
  expect(await judge(other.url, series.bars[1_100] as Bar, series.intervalMs)).toMatchObject({ model: { version } })
  // Both have a copy now, and a server that starts later finds it.
  const third = await start('third')
  expect(third.model.version).toBe(version)
})

async function judge(url: string, { ts, open, high, low, close, volume }: Bar, intervalMs: number): Promise<unknown> {
  const row = { market, date: isoDate(ts - intervalMs), open, high, low, close, volume }
  const answer = await fetch(`${url}/predict_anomaly`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(row),
  })
  return answer.json()
}
