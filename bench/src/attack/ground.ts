import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type TcpProxy, tcpProxy } from '@candlewatch/adapters/processes/tcp-proxy'
import { type Embedded, startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import type { Rng } from '@candlewatch/core/stats/rng'
import pg from 'pg'
import { type BenchServer, startBenchServer } from '../server-process.ts'
import { Listener } from './listener.ts'

const shippedModels = fileURLToPath(new URL('../../../models', import.meta.url))

/** What every scenario works with: a database of its own, servers on it, clients, and how long it may take. */
export interface Ground {
  readonly rng: Rng
  /** The address of the scenario's database. */
  readonly url: string
  /** A folder of its own. */
  readonly folder: string
  /** The models of its servers. */
  readonly modelsDir: string
  proxy(): Promise<TcpProxy>
  /** A server with a heap of 200 MB on the scenario's database, or at another address of it. */
  server(env?: Readonly<Record<string, string>>): Promise<BenchServer>
  /** All servers so far. */
  servers(): readonly BenchServer[]
  listener(server: BenchServer, market: string): Listener
  /** All listeners so far. */
  listeners(): readonly Listener[]
  /** Kills PostgreSQL (SIGKILL). It is started again by the process that started it. */
  killDatabase(): void
  sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>
}

/** Runs work on a ground and removes it again. Servers that are still up are stopped. */
export class Grounds {
  readonly #folder = mkdtempSync(join(tmpdir(), 'candlewatch-attack-'))
  #database: Embedded | null = null
  #databases = 0

  constructor() {
    // As root, the database runs as another user, who must be able to enter the folder.
    chmodSync(this.#folder, 0o755)
  }

  async run<T>(rng: Rng, work: (ground: Ground) => Promise<T>): Promise<T> {
    const dataDir = join(this.#folder, 'postgres')
    this.#database ??= await startEmbedded({ dataDir })
    const name = `attack${++this.#databases}`
    await onceReady(this.#database.url, `create database ${name}`)
    const url = this.#database.url.replace(/\/\w+$/, `/${name}`)
    const folder = join(this.#folder, name)
    mkdirSync(folder)
    try {
      return await onGround({ url, rng, folder, dataDir }, work)
    } finally {
      // After it was killed, PostgreSQL flushes every file it has before it accepts connections.
      await onceReady(this.#database.url, `drop database ${name} with (force)`)
      rmSync(folder, { recursive: true, force: true })
    }
  }

  async remove(): Promise<void> {
    await this.#database?.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

interface Place extends Pick<Ground, 'url' | 'rng' | 'folder'> {
  /** The folder of the database. */
  readonly dataDir: string
}

/** Runs work on the database at an address. */
export async function onGround<T>(place: Place, work: (ground: Ground) => Promise<T>): Promise<T> {
  const { url, rng, folder, dataDir } = place
  const servers: BenchServer[] = []
  const proxies: TcpProxy[] = []
  const listeners: Listener[] = []
  const modelsDir = join(folder, 'models')
  cpSync(shippedModels, modelsDir, { recursive: true })
  try {
    return await work({
      rng,
      url,
      folder,
      modelsDir,
      async proxy() {
        const proxy = await tcpProxy(url)
        proxies.push(proxy)
        return proxy
      },
      async server(env = {}) {
        const NODE_OPTIONS = '--max-old-space-size=200'
        const server = await startBenchServer({ DATABASE_URL: url, MODELS_DIR: modelsDir, NODE_OPTIONS, ...env })
        servers.push(server)
        return server
      },
      servers: () => servers,
      listener(server, market) {
        const listener = new Listener(server.url, market)
        listeners.push(listener)
        return listener
      },
      listeners: () => listeners,
      killDatabase() {
        const [pid] = readFileSync(join(dataDir, 'data/postmaster.pid'), 'utf8').split('\n')
        process.kill(Number(pid), 'SIGKILL')
      },
      sql: text => query(url, text),
    })
  } finally {
    for (const listener of listeners) listener.close()
    await Promise.all(servers.map(server => server.stop({ patienceMs: 15_000 })))
    for (const proxy of proxies) proxy.close()
  }
}

const readyWithinMs = 120_000

/** Runs a statement on a database that may have been killed a moment ago. */
async function onceReady(url: string, text: string): Promise<void> {
  const endsAt = performance.now() + readyWithinMs
  for (;;) {
    try {
      await query(url, text)
      return
    } catch (error) {
      if (performance.now() > endsAt) throw error
      await sleep(500)
    }
  }
}

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url)
  // A database that is killed ends the connection.
  client.on('error', () => {})
  await client.connect()
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}
