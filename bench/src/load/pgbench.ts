import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connections } from '@candlewatch/adapters/stores/postgres/connection'
import { quantile } from '../figures.ts'

/** Latency and throughput of one run. */
export interface Peer {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly perSecond: number
}

// A row as wide as a bar, durable when it is answered.
const setUp = `drop table if exists pgbench_bars; create table pgbench_bars (n bigserial primary key, market text, open_time timestamptz,
  open float8, high float8, low float8, close float8, volume float8)`
const insert = `insert into pgbench_bars (market, open_time, open, high, low, close, volume)
  values ('bench', now(), 30000.5, 30100.25, 29900.75, 30050.5, 397.96);`

/** Runs PostgreSQL's own load program on the same server: one committed insert per row. Throws if it is not installed. */
export async function pgbench(binaries: string, url: string, clients: number, seconds: number): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'candlewatch-pgbench-'))
  try {
    const database = connections(url, { max: 1, patienceMs: null })
    await database.use(client => client.query(setUp)).finally(() => database.close())
    const script = join(folder, 'insert.sql')
    writeFileSync(script, insert)
    const options = ['--no-vacuum', '--protocol=prepared', '--log', `--file=${script}`]
    const load = [`--client=${clients}`, `--jobs=${Math.min(2, clients)}`, `--time=${seconds}`]
    execFileSync(join(binaries, 'pgbench'), [...options, ...load, url], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const lines = readdirSync(folder)
      .filter(name => name.startsWith('pgbench_log'))
      .flatMap(name => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    // client, transaction, microseconds, …
    const latencies = lines.map(line => Number(line.split(' ')[2]) / 1_000)
    return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), perSecond: latencies.length / seconds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
