import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CandlewatchError } from '@candlewatch/core/errors'
import pg from 'pg'
import { codeOf } from '../../system-error.ts'
import { findBinaries } from './binaries.ts'
import { hasCluster, makeCluster, readPassword, userName } from './cluster.ts'
import { withLock } from './folder-lock.ts'
import { findPlace, type Place, unavailable } from './place.ts'
import { type Postmaster, runningPostmaster, startPostmaster, stopPostmaster } from './postmaster.ts'
import { hasUsers, registerUser } from './server-users.ts'

/** Longer than a first start on a slow disk. */
const lockPatienceMs = 120_000
const watchMs = 500
const attempts = 3
/** A killed process is gone once its memory is released. */
const leavingPatienceMs = 5_000
const pollMs = 5

/** A private PostgreSQL that this process uses. */
export interface Embedded {
  /** Contains the password. */
  readonly url: string
  /** The server's version, such as `18.4`. */
  readonly version: string
  /** Stops the server unless another process uses it too. */
  stop(): Promise<void>
}

/**
 * Starts a private PostgreSQL with its data under `dataDir`, for when no DATABASE_URL is given. A server that runs there
 * already is joined, whether another process uses it or it outlived a killed process. A server that is killed is started
 * again at the same address within two seconds. Throws ERR_DATABASE_UNAVAILABLE.
 */
export async function startEmbedded({ dataDir }: { readonly dataDir: string }): Promise<Embedded> {
  try {
    const place = await findPlace(dataDir)
    return await locked(place, () => enter(place))
  } catch (error) {
    if (error instanceof CandlewatchError) throw error
    throw unavailable(
      `It failed in ${dataDir}: ${error instanceof Error ? error.message : error}.`,
      'Correct that and start again.',
      error,
    )
  }
}

async function enter(place: Place): Promise<Embedded> {
  const unregister = await registerUser(place)
  let stopped: Promise<void> | null = null
  let stopWatching = () => {}
  const stop = () => {
    stopWatching()
    stopped ??= locked(place, () => leave(place, unregister))
    return stopped
  }
  try {
    const { running, url, version } = await attach(place)
    stopWatching = keepAlive(place, { ...running })
    return { url, version, stop }
  } catch (error) {
    await leave(place, unregister)
    throw error
  }
}

/** Returns a server that answers, and starts one if necessary. A server that was just killed can look alive without answering. */
async function attach(place: Place) {
  for (let attempt = 1; ; attempt++) {
    const running = (await runningPostmaster(place)) ?? (await start(place))
    const password = await readPassword(place)
    try {
      return { running, ...(await connect(running, password)) }
    } catch (error) {
      if (attempt === attempts || !(await isLeaving(running))) throw error
    }
  }
}

async function isLeaving({ pid }: Postmaster): Promise<boolean> {
  const deadline = performance.now() + leavingPatienceMs
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false
    await wait(pollMs)
  }
  return true
}

async function start(place: Place): Promise<Postmaster> {
  const binaries = await findBinaries(place)
  if (!(await hasCluster(place))) await makeCluster(place, binaries)
  return startPostmaster(place, binaries)
}

/** Restarts the server whenever it dies, until the returned function is called. */
function keepAlive(place: Place, running: { pid: number }): () => void {
  let [isBusy, isOver] = [false, false]
  const watch = setInterval(async () => {
    if (isBusy || isAlive(running.pid)) return
    isBusy = true
    // A failed restart is tried again shortly; queries meanwhile report that the database can't be reached.
    await locked(place, async () => isOver || revive(place, running)).catch(() => {})
    isBusy = false
  }, watchMs).unref()
  return () => {
    isOver = true
    clearInterval(watch)
  }
}

/** Starts the server again and updates `running`. */
async function revive(place: Place, running: { pid: number }): Promise<void> {
  const found = (await runningPostmaster(place)) ?? (await startPostmaster(place, await findBinaries(place)))
  running.pid = found.pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of another user can't be signalled, but it runs.
    return codeOf(error) === 'EPERM'
  }
}

async function leave(place: Place, unregister: () => Promise<void>): Promise<void> {
  await unregister()
  if (await hasUsers(place)) return
  const running = await runningPostmaster(place)
  if (running) await stopPostmaster(place, running)
}

/** Makes joining and leaving exclude each other: a server that is about to be stopped must not be joined. */
function locked<T>(place: Place, action: () => Promise<T>): Promise<T> {
  return withLock(join(place.home, 'lock'), lockPatienceMs, action)
}

/** Finds the database of the programs, which folders of older versions do not have. */
async function connect(running: Postmaster, password: string): Promise<Pick<Embedded, 'url' | 'version'>> {
  const url = urlOf(running, password, userName)
  try {
    return { url, version: await versionOf(url) }
  } catch (error) {
    if (codeOf(error) !== missingDatabase) throw error
    const older = urlOf(running, password, 'postgres')
    return { url: older, version: await versionOf(older) }
  }
}

const missingDatabase = '3D000'

const urlOf = ({ port }: Postmaster, password: string, database: string) =>
  `postgres://${userName}:${password}@127.0.0.1:${port}/${database}`

/** Returns the server's version, which also proves that it accepts our password. */
async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return String(rows[0]?.server_version).replace(/ .*/, '')
  } finally {
    await client.end()
  }
}
