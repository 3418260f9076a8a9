import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { findBinaries } from '@candlewatch/adapters/stores/embedded/binaries'
import { findPlace, runAs } from '@candlewatch/adapters/stores/embedded/place'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { isoDate } from '@candlewatch/core/interval'
import { expect, onTestFinished, test } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'
import { root } from './python.ts'

/** A PostgreSQL as in the container: its superuser, and the role that deploy/postgres/role.sh makes. */
async function startDatabase(folder: string) {
  const place = await findPlace(join(folder, 'cluster'))
  const { folder: bin } = await findBinaries(place)
  const data = join(folder, 'data')
  await mkdir(data)
  if (place.owner) await chown(data, place.owner.uid, place.owner.gid)
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(bin, program), args, { ...runAs(place.owner), stdio: ['ignore', 'ignore', 'inherit'] })
  run('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--locale=C')
  const port = await freePort()
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''`
  run('pg_ctl', '-D', data, '-w', '-l', join(data, 'log'), '-o', settings, 'start')
  onTestFinished(() => void run('pg_ctl', '-D', data, '-m', 'fast', 'stop'))
  const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PATH: `${bin}:${process.env.PATH}` }
  const shell = (command: string, more: Readonly<Record<string, string>> = {}) =>
    execFileSync('sh', ['-ec', command], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env, ...more } })
  shell(join(root, 'deploy/postgres/role.sh'), { POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: 'secret7' })
  return { shell, url: `postgres://candlewatch:secret7@127.0.0.1:${port}/candlewatch` }
}

/** PostgreSQL cannot choose a port itself. */
async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The commands of a block of docs/operation.md, as they run in the database's container. */
async function documented(): Promise<readonly string[][]> {
  const text = await readFile(join(root, 'docs/operation.md'), 'utf8')
  const section = text.slice(text.indexOf('## Backup'), text.indexOf('## Speed of the page'))
  const blocks = [...section.matchAll(/```sh\n([^`]+)```/g)].map(([, block = '']) => block.trim().split('\n'))
  return blocks.map(lines =>
    lines
      .filter(line => !/compose (stop|start) server$/.test(line))
      .map(line => line.replace('docker compose exec -T postgres ', '')),
  )
}

test('a backup is restored over existing data without an error, by a role that is no superuser', async () => {
  const place = await makePlace()
  onTestFinished(place.remove)
  const { shell, url } = await startDatabase(place.folder)
  const { series } = syntheticYear({ seed: 5 })
  const post = async (from: number, to: number) => {
    const server = await startTestServer(place.folder, { DATABASE_URL: url })
    const rows = series.bars.slice(from, to).map(({ ts, open, high, low, close, volume }) => {
      return { date: isoDate(ts - series.intervalMs), open, high, low, close, volume }
    })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}/predict_anomaly`, { method: 'POST', headers, body: JSON.stringify(rows) })
    expect(answer.status).toBe(200)
    await server.stop()
  }
  const parity = () => {
    shell(`node ${join(root, 'lab/dist/parity.js')} --json parity.json`, { DATABASE_URL: url })
    return shell('cat parity.json')
  }
  expect(shell('psql -U candlewatch -Atc "select rolsuper from pg_roles where rolname = current_user"').trim()).toBe(
    'f',
  )

  await post(0, 400)
  const before = parity()
  expect(JSON.parse(before)).toMatchObject({ compared: 400, differences: 0 })
  const [[backup = ''] = [], restore = []] = await documented()
  expect(backup).toContain('pg_dump')
  shell(backup)
  await post(400, 450)
  expect(JSON.parse(parity())).toMatchObject({ compared: 450 })
  expect(restore).toHaveLength(4)
  for (const command of restore) shell(command)
  expect(parity()).toBe(before)
  await post(400, 450)
  expect(JSON.parse(parity())).toMatchObject({ compared: 450, differences: 0 })
})
