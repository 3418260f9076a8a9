import { type ChildProcess, spawn } from 'node:child_process'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { type Place, runAs, unavailable } from './place.ts'
import { processMark, worksIn } from './process-mark.ts'

const pollMs = 5
/** Replaying the log after a crash takes at worst the time between two checkpoints, 5 minutes. */
const startPatienceMs = 300_000
const stopPatienceMs = 60_000
const attempts = 20

/** Durability stays on although it costs a flush per commit: verdicts that were answered must survive a power cut. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  // Ten servers with eleven each, and the programs of the lab beside them.
  max_connections: '200',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
}

/** A running PostgreSQL server. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
}

/** Returns the server that runs in this folder, once it is ready; null if there is none. */
export async function runningPostmaster(place: Place): Promise<Postmaster | null> {
  const deadline = performance.now() + startPatienceMs
  while (true) {
    const found = await readPidFile(place)
    if (!found || processMark(found.pid) === null) return null
    if (!worksIn(found.pid, place.data, 'postgres')) {
      // Another program now has this number, and PostgreSQL would mistake it for a server.
      await rm(pidFile(place), { force: true })
      return null
    }
    if (found.status === 'ready') return found
    if (performance.now() > deadline) throw await failed(place, `Server ${found.pid} is still ${found.status}.`)
    await wait(pollMs)
  }
}

/**
 * Starts a server that outlives this process. It takes over the port of a killed server, where other processes look for it.
 * Throws ERR_DATABASE_UNAVAILABLE with the end of the server's log.
 */
export async function startPostmaster(place: Place, binaries: Binaries): Promise<Postmaster> {
  let port = (await readPidFile(place))?.port || (await freePort())
  for (let attempt = 1; ; attempt++) {
    const child = await launch(place, binaries, port)
    const started = await untilReady(place, child)
    if (started) return started
    const log = await logTail(place)
    // Another program took the port first, or children of a killed server have not ended yet.
    const isPassing = /Address already in use|pre-existing shared memory block/.test(log)
    if (log.includes('Address already in use')) port = await freePort()
    if (!isPassing || attempt === attempts) throw await failed(place, `${binaries.folder}/postgres ended at once.`)
    await wait(100)
  }
}

/** Stops the server by a "fast" shutdown: open transactions are rolled back, committed ones are written out. */
export async function stopPostmaster(place: Place, { pid }: Postmaster): Promise<void> {
  const deadline = performance.now() + stopPatienceMs
  if (processMark(pid) !== null) process.kill(pid, 'SIGINT')
  while (processMark(pid) !== null) {
    if (performance.now() > deadline) throw await failed(place, `Server ${pid} does not stop.`)
    await wait(pollMs)
  }
}

async function launch(place: Place, binaries: Binaries, port: number): Promise<ChildProcess> {
  const log = logFile(place)
  await rename(log, `${log}.previous`).catch(() => {})
  const output = await open(log, 'w', 0o600)
  const options = Object.entries({ ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  try {
    // Detached, because Ctrl-C goes to the whole process group and the server must outlive the programs that use it.
    const child = spawn(join(binaries.folder, 'postgres'), ['-D', place.data, ...options], {
      ...runAs(place.owner),
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return child
  } finally {
    await output.close()
  }
}

async function untilReady(place: Place, child: ChildProcess): Promise<Postmaster | null> {
  const deadline = performance.now() + startPatienceMs
  while (child.exitCode === null && child.signalCode === null) {
    const found = await readPidFile(place)
    if (found?.pid === child.pid && found?.status === 'ready') return found
    if (performance.now() > deadline) throw await failed(place, 'The server does not become ready.')
    await wait(pollMs)
  }
  return null
}

async function readPidFile(place: Place): Promise<(Postmaster & { status: string }) | null> {
  const text = await readFile(pidFile(place), 'utf8').catch(() => null)
  if (text === null) return null
  // pid, data folder, start, port, socket folder, address, shared memory, status: miscadmin.h, LOCK_FILE_LINE_*.
  const lines = text.split('\n')
  return { pid: Number(lines[0]), port: Number(lines[3] ?? 0), status: lines[7]?.trim() || 'starting' }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}

async function failed(place: Place, found: string) {
  return unavailable(
    `${found} Its log ${logFile(place)} ends:\n${await logTail(place)}\n`,
    'Correct that and start again.',
  )
}

async function logTail(place: Place): Promise<string> {
  const text = await readFile(logFile(place), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-10).join('\n')
}

const pidFile = ({ data }: Place) => join(data, 'postmaster.pid')
const logFile = ({ home }: Place) => join(home, 'log')
