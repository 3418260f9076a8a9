import { readArtifact } from '@candlewatch/adapters/stores/model-files'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { CandlewatchError } from '@candlewatch/core/errors'
import { loadModel } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Ms } from '@candlewatch/core/types'
import { openDatabase } from './database.ts'
import { type Env, readEnv } from './env.ts'
import { makeApp } from './http/app.ts'
import { makeStreamHub } from './http/stream.ts'
import { listen } from './listen.ts'
import { makeLive } from './live.ts'
import { type Log, makeLog } from './log.ts'

type Closer = () => Promise<unknown> | unknown
const closers: Closer[] = []
let stopping = false

try {
  const env = readEnv()
  await start(env, makeLog(env.LOG_LEVEL))
} catch (error) {
  // One line for what the user can mend; the stack for what only we can.
  console.error(error instanceof CandlewatchError ? `${error.code}: ${error.message}` : error)
  await stop(1)
}

async function start(env: Env, log: Log): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0, log))
  // Whoever spawned this server is gone, however it ended.
  process.on('disconnect', () => void stop(0, log))

  const database = await openDatabase(env.DATABASE_URL, env.DATA_DIR)
  closers.push(database.close)
  const backend = await startBackend()
  const model = await loadModel(await readArtifact(env.MODELS_DIR, env.MODEL))
  const { store } = database
  const hub = makeStreamHub(store)
  const live = makeLive({
    store,
    model: `${model.name}@${model.version}`,
    makePipeline: stream => makePipeline({ ...stream, alarmsPerWeek: env.ALARMS_PER_WEEK }, model),
    publish: hub.publish,
  })
  const app = makeApp({
    live,
    store,
    hub,
    log,
    clock: { now: () => Date.now() as Ms },
    watch: { model, alarmsPerWeek: env.ALARMS_PER_WEEK },
    checks: [
      { name: 'database', check: store.ping },
      // Both were done before the server listened.
      { name: 'migrations', check: () => Promise.resolve() },
      { name: 'model', check: () => Promise.resolve() },
    ],
    webDir: env.WEB_DIR,
  })
  const { port, drain } = await listen(app, env.PORT, env.HOST)
  closers.push(() => {
    hub.close()
    // Together: the server waits for requests that the engine must first let go.
    return Promise.all([live.close(), drain()])
  })
  const { name, version } = model
  log.info(
    { database: database.name, model: `${name} ${version}`, backend },
    `listening on http://${shownHost(env.HOST)}:${port}/`,
  )
  process.send?.({ ready: true, port, model: { name, version } })
}

/** Last opened, first closed. Asked a second time, or when it takes too long, it ends at once. */
async function stop(code: number, log?: Log): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  log?.info('stopping')
  setTimeout(() => process.exit(1), 10_000).unref()
  for (const close of closers.reverse()) {
    try {
      await close()
    } catch (error) {
      console.error(error)
      code = 1
    }
  }
  process.exit(code)
}

function shownHost(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::1', '::'].includes(host)) return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
