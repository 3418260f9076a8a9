import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
import { makeJobRunner } from '@candlewatch/server/jobs/job-runner'
import { makeLog } from '@candlewatch/server/platform/log'
import { expect, onTestFinished, test } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

async function newDatabase() {
  const place = await makePlace()
  onTestFinished(place.remove)
  const server = await startEmbedded({ dataDir: join(place.folder, 'postgres') })
  onTestFinished(server.stop)
  return { url: server.url, folder: place.folder }
}

test('of two servers on one database one runs retention, and both answer how it went', async () => {
  const { url, folder } = await newDatabase()
  const start = async (name: string) => {
    const server = await startTestServer(join(folder, name), { DATABASE_URL: url, RETENTION_DAYS: '30' })
    onTestFinished(async () => void (await server.stop()))
    return server
  }
  const servers = await Promise.all([start('one'), start('other')])
  const jobsOf = async (at: string) => ((await (await fetch(`${at}/api/jobs`)).json()) as { jobs: unknown[] }).jobs
  const done = { name: 'retention', state: 'waiting', outcome: 'done', result: 'No year ended more than 30 days ago.' }
  for (const server of servers) {
    await expect.poll(() => jobsOf(server.url)).toEqual([expect.objectContaining({ ...done, missed: 0 })])
  }
  expect(servers.map(server => server.log().match(/job started/g)?.length ?? 0).sort()).toEqual([0, 1])
})

test('a job whose process is killed in the middle of a run is taken over', async () => {
  const { url } = await newDatabase()
  // In a process of its own, because it is killed. Its job never ends.
  const script = `
    import { openDatabase } from '@candlewatch/adapters/stores/postgres/database'
    import { makeJobRunner } from '@candlewatch/server/jobs/job-runner'
    import { makeLog } from '@candlewatch/server/platform/log'
    const { store } = await openDatabase({ url: ${JSON.stringify(url)}, dataDir: '' })
    const run = () => { console.log('running'); return new Promise(() => {}) }
    const job = { name: 'nightly', schedule: '0 3 * * *', firstRun: 'at once', ifMissed: 'run', run }
    makeJobRunner({ jobs: [job], store, by: 'first', log: makeLog('silent'), leaseMs: 6_000, pollMs: 100 }).start()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')

  const database = await openDatabase({ url, dataDir: '' })
  onTestFinished(database.close)
  const runs: string[] = []
  const job = {
    name: 'nightly',
    schedule: '0 3 * * *',
    firstRun: 'at once',
    ifMissed: 'skip',
    run: async () => {
      runs.push('second')
      return 'Finished by the second process.'
    },
  } as const
  const { store } = database
  const runner = makeJobRunner({
    jobs: [job],
    store,
    by: 'second',
    log: makeLog('silent'),
    leaseMs: 6_000,
    pollMs: 100,
  })
  onTestFinished(runner.close)
  runner.start()
  const [held] = await runner.list()
  expect(held).toMatchObject({ isRunning: true, runBy: 'first', outcome: null })
  child.kill('SIGKILL')
  await expect
    .poll(() => runner.list())
    .toMatchObject([
      { runBy: 'second', outcome: 'done', result: 'Finished by the second process.', isRunning: false, missed: 0 },
    ])
  expect(runs).toEqual(['second'])
})
