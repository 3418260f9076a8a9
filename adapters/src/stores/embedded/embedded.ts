import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CandlewatchError } from '@candlewatch/core/errors'
import pg from 'pg'
import { findBinaries } from './binaries.ts'
import { hasCluster, makeCluster, readPassword, userName } from './cluster.ts'
import { withLock } from './folder-lock.ts'
import { findPlace, type Place } from './place.ts'
import { type Postmaster, runningPostmaster, startPostmaster, stopPostmaster } from './postmaster.ts'
import { hasUsers, registerUser } from './server-users.ts'
import { unavailable } from './unavailable.ts'

/** Longer than a first start on a slow disk. */
const lockPatienceMs = 120_000
const watchMs = 500
const attempts = 3
/** A killed process is gone when its memory is given back. */
const leavingPatienceMs = 5_000
const pollMs = 5

export interface Embedded {
  /** Holds the password. */
  readonly url: string
  /** The server's, e.g. `18.4`. */
  readonly version: string
  /** Stops the server unless another process uses it too. */
  stop(): Promise<void>
}

/**
 * A private PostgreSQL for when no DATABASE_URL is given, its data under `dataDir`. Joins the server that runs there already,
 * be it another process's or one that outlived a killed process. A server that is killed is started again at the same
 * address within a second or two. Throws ERR_DATABASE_UNAVAILABLE.
 */
export async function startEmbedded({ dataDir }: { readonly dataDir: string }): Promise<Embedded> {
  try {
    const place = await findPlace(dataDir)
    return await locked(place, () => enter(place))
  } catch (error) {
    if (error instanceof CandlewatchError) throw error
    throw unavailable(`It failed in ${dataDir}: ${(error as Error).message}.`, 'Correct that and start again.', error)
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

/** The server that answers, started if need be. One that was killed a moment ago can still look alive, and answers no more. */
async function attach(place: Place) {
  for (let attempt = 1; ; attempt++) {
    const running = (await runningPostmaster(place)) ?? (await start(place))
    const url = urlOf(running, await readPassword(place))
    try {
      return { running, url, version: await versionOf(url) }
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

/** Looks after the server until the answer is called. */
function keepAlive(place: Place, running: { pid: number }): () => void {
  let [isBusy, isOver] = [false, false]
  const watch = setInterval(async () => {
    if (isBusy || isAlive(running.pid)) return
    isBusy = true
    // What stands in its way now may not in a second; whoever asks the database meanwhile hears that it is away.
    await locked(place, async () => isOver || revive(place, running)).catch(() => {})
    isBusy = false
  }, watchMs).unref()
  return () => {
    isOver = true
    clearInterval(watch)
  }
}

/** `running` is told who runs now. */
async function revive(place: Place, running: { pid: number }): Promise<void> {
  const found = (await runningPostmaster(place)) ?? (await startPostmaster(place, await findBinaries(place)))
  running.pid = found.pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function leave(place: Place, unregister: () => Promise<void>): Promise<void> {
  await unregister()
  if (await hasUsers(place)) return
  const running = await runningPostmaster(place)
  if (running) await stopPostmaster(place, running)
}

/** Joining and leaving exclude each other: a server that is about to be stopped must not be joined. */
function locked<T>(place: Place, action: () => Promise<T>): Promise<T> {
  return withLock(join(place.home, 'lock'), lockPatienceMs, action)
}

const urlOf = ({ port }: Postmaster, password: string) =>
  `postgres://${userName}:${password}@127.0.0.1:${port}/postgres`

/** Asking for it also proves that the server takes our password. */
async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]!.server_version.split(' ')[0]!
  } finally {
    await client.end()
  }
}
