import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import { engineVersion } from '@candlewatch/core/engine/pipeline'
import { runParity } from '@candlewatch/lab/parity'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sql, testServer } from '../../adapters/src/stores/postgres/server.suite.ts'

const server = testServer()
let url: string
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-parity-'))
  url = await server.newDatabase()
  vi.stubEnv('DATABASE_URL', url)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

async function parity(...args: readonly string[]) {
  const lines: string[] = []
  const output = {
    isTTY: false,
    line: (text: string) => void lines.push(text),
    error: (text: string) => void lines.push(text),
  }
  const code = await runParity(args, output)
  return { code, text: lines.join('\n') }
}

test('without a stored verdict there is nothing to compare, which is no error', async () => {
  const json = join(folder, 'parity.json')
  expect(await parity('--json', json)).toEqual({
    code: 0,
    text: 'No verdicts are stored, so there is nothing to compare.',
  })
  expect(JSON.parse(await readFile(json, 'utf8'))).toEqual({
    compared: 0,
    notCompared: 0,
    differences: 0,
    chain: '',
    details: [],
  })
})

test('verdicts that cannot be judged again are named with the reason, by the models in MODELS_DIR', async () => {
  await migrate(url)
  const open = '2021-01-01T00:00:00Z'
  await sql(
    url,
    `select make_partitions('${open}', '${open}');
    insert into bars select 'a:B', '1h', '${open}'::timestamptz + n * interval '1 hour', 0, 1, 1, 1, 1, 1, now() from generate_series(0, 3) n;
    insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
      select 'id' || open_time, market, interval, open_time, 'm@1', 'normal', false,
        json_build_object('date', to_char(open_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) from bars;
    insert into beginnings (market, interval, model, ts, after_seq, engine, learned) values ('a:B', '1h', 'm@1', 'epoch', 0, ${engineVersion}, 0)`,
  )
  // The rollups list the streams.
  await sql(
    url,
    `insert into rollups select 'a:B', '1h', '1 day', '${open}', 1, 1, 1, 1, 4, 4, '${open}', '${open}'::timestamptz + interval '3 hours'`,
  )
  vi.stubEnv('MODELS_DIR', folder)
  const json = join(folder, 'parity.json')
  const { code, text } = await parity('--json', json)
  expect(text).toContain('a:B 1h: 0 verdicts judged again, all as stored; 4 not compared.')
  expect(text).toContain(
    '4 verdicts from 2021-01-01T00:00:00Z to 2021-01-01T03:00:00Z by m@1: not compared, the files of their model are missing or damaged.',
  )
  expect(code).toBe(1)
  expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
    compared: 0,
    notCompared: 4,
    details: [{ market: 'a:B', interval: '1h', reason: 'no-model', verdicts: 4 }],
  })
})
