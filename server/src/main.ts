import { inspect } from 'node:util'
import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import { CandlewatchError } from '@candlewatch/core/errors'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Ms } from '@candlewatch/core/types'
import { makeAccess } from './access/access.ts'
import { assemble } from './assemble.ts'
import { listen } from './http/listen.ts'
import { openModel } from './models/model-folders.ts'
import { trainOn } from './models/trainer-process.ts'
import { childEnv, type Env, readEnv, trainerScript } from './platform/env.ts'
import { type Log, makeLog, withoutSecrets } from './platform/log.ts'
import { version as programVersion } from './platform/version.ts'

const closers: (() => Promise<unknown>)[] = []
let stopping = false
const longestStopMs = 10_000

try {
  const env = readEnv()
  await start(env, makeLog(env.LOG_LEVEL))
} catch (error) {
  // One line for what the user can correct; the stack for errors of the program.
  console.error(withoutSecrets(error instanceof CandlewatchError ? `${error.code}: ${error.message}` : inspect(error)))
  await stop(1)
}

async function start(env: Env, log: Log): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0, log, signal))
  // The process that started this server has ended.
  process.on('disconnect', () => void stop(0, log, 'its parent process ended'))

  const database = await openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR })
  closers.push(database.close)
  const backend = await startBackend()
  const clock = { now: () => Date.now() as Ms }
  const { store } = database
  const access = await makeAccess(env, store, clock)
  const server = await assemble({
    env,
    clock,
    log,
    access,
    store,
    openModel,
    train: trainOn({ script: trainerScript, modelsDir: env.MODELS_CACHE_DIR, env: childEnv(database.url), log }),
    // Live sources are registered here.
    sources: [],
    checks: [{ name: 'migrations', check: database.migrated }],
    backend: backend.name,
    isStopping: () => stopping,
  })
  let drain = async () => {}
  // At the same time: requests end only when the parts that they wait for are closed.
  closers.push(() => Promise.all([server.close(), drain()]))
  const listening = await listen(server.app, env.PORT, env.HOST)
  drain = listening.drain
  const { port } = listening
  await server.listensAt(env.ADVERTISED_URL ?? `http://${reachableHost(env.HOST)}:${port}`)
  server.start()
  const { name, version } = server.registry.champion().manifest
  log.info(
    { version: programVersion, node: process.version, database: database.name, model: `${name} ${version}`, backend },
    `listening on http://${shownHost(env.HOST)}:${port}/ (${access.summary})`,
  )
  process.send?.({ ready: true, port, model: { name, version } })
}

/** Closes everything in reverse order. A second call, or one that takes too long, ends the process at once. */
async function stop(code: number, log?: Log, because?: string): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  const from = performance.now()
  log?.info({ because }, 'stopping')
  setTimeout(() => {
    log?.error(`not stopped within ${longestStopMs / 1_000} s: the process is ended at once`)
    process.exit(1)
  }, longestStopMs).unref()
  for (const close of closers.reverse()) {
    try {
      await close()
    } catch (error) {
      console.error(error)
      code = 1
    }
  }
  log?.info({ ms: Math.round(performance.now() - from), code }, 'stopped')
  process.exit(code)
}

function shownHost(host: string): string {
  return ['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host) ? 'localhost' : bracketed(host)
}

/** The host under which other processes of this machine reach a server that listens on `host`. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '[::1]' : bracketed(host)
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
