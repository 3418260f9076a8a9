import { memoryJobs } from '@candlewatch/adapters/stores/memory/jobs'
import type { Ms } from '@candlewatch/core/types'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { type Job, makeJobRunner } from './job-runner.ts'

const hourMs = 3_600_000
const start = Date.UTC(2026, 10, 21, 2)

beforeEach(() => {
  vi.useFakeTimers({ now: start })
})
afterEach(() => {
  vi.useRealTimers()
})

function running(by: string, store: ReturnType<typeof memoryJobs>, job: Partial<Job> = {}) {
  const lines: string[] = []
  const run = vi.fn<Job['run']>(async () => 'All done.')
  const nightly: Job = { name: 'nightly', schedule: '0 3 * * *', firstRun: 'on schedule', ifMissed: 'run', run, ...job }
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line).msg) })
  const runner = makeJobRunner({ jobs: [nightly], store, by, log })
  onTestFinished(() => runner.close())
  runner.start()
  return { runner, run, lines, of: async () => (await runner.list())[0] }
}

/** A run that ends when it is stopped, or by `end`. */
function longRun() {
  let end = (_result: string) => {}
  const stopped: string[] = []
  const run: Job['run'] = stop =>
    new Promise((resolve, reject) => {
      end = resolve
      stop.addEventListener('abort', () => {
        stopped.push('stopped')
        reject(new Error('stopped'))
      })
    })
  return { run, stopped, end: (result: string) => end(result) }
}

test('of two servers one runs a job at its time, and both know how it went', async () => {
  const store = memoryJobs()
  const [a, b] = [running('a', store), running('b', store)]
  await vi.advanceTimersByTimeAsync(hourMs - 1_000)
  expect([...a.run.mock.calls, ...b.run.mock.calls]).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(60_000)
  expect([...a.run.mock.calls, ...b.run.mock.calls]).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2 * 24 * hourMs)
  expect([...a.run.mock.calls, ...b.run.mock.calls]).toHaveLength(3)
  expect(await b.of()).toEqual(await a.of())
  expect(await a.of()).toMatchObject({
    name: 'nightly',
    isRunning: false,
    isOverdue: false,
    outcome: 'done',
    result: 'All done.',
    nextRun: start + hourMs + 3 * 24 * hourMs,
    missed: 0,
  })
})

test('a job that is new runs at once where that is asked for, and not again at the next start', async () => {
  const store = memoryJobs()
  const first = running('a', store, { firstRun: 'at once' })
  await vi.advanceTimersByTimeAsync(0)
  expect(first.run).toHaveBeenCalledTimes(1)
  await first.runner.close()
  const second = running('a', store, { firstRun: 'at once' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(second.run).not.toHaveBeenCalled()
})

test('a run that fails is told, and the next one is at its time', async () => {
  const a = running('a', memoryJobs(), { run: () => Promise.reject(new Error('no rows')) })
  await vi.advanceTimersByTimeAsync(hourMs + 1_000)
  expect(a.lines).toContain('job failed')
  expect(await a.of()).toMatchObject({ outcome: 'failed', result: 'no rows', nextRun: start + 25 * hourMs })
})

test.each([
  ['made up', 'run', 1, 'no server ran this job when it was due: it is made up now'],
  ['skipped', 'skip', 0, 'no server ran this job when it was due: it is skipped'],
] as const)('a run that no server started is told and %s', async (_, ifMissed, runs, line) => {
  const store = memoryJobs()
  await store.planJob({ name: 'nightly', schedule: '0 3 * * *', nextRun: (start - 23 * hourMs) as Ms })
  const a = running('a', store, { ifMissed })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(a.run).toHaveBeenCalledTimes(runs)
  expect(a.lines).toContain(line)
  expect(await a.of()).toMatchObject({ missed: 1, missedAt: start - 23 * hourMs, nextRun: start + hourMs })
})

test('a long run keeps its claim, and a time that comes meanwhile is skipped', async () => {
  const store = memoryJobs()
  const { run, end } = longRun()
  const a = running('a', store, { run })
  const b = running('b', store)
  await vi.advanceTimersByTimeAsync(26 * hourMs)
  expect(a.lines).toContain('the previous run of this job is still under way: this one is skipped')
  end('At last.')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await a.of()).toMatchObject({ result: 'At last.', nextRun: start + 49 * hourMs })
  expect(b.run).not.toHaveBeenCalled()
})

test('closing stops the run and gives it back, so that another server begins it at once', async () => {
  const store = memoryJobs()
  const { run, stopped } = longRun()
  const a = running('a', store, { run })
  await vi.advanceTimersByTimeAsync(hourMs)
  await a.runner.close()
  expect(stopped).toEqual(['stopped'])
  const b = running('b', store, { ifMissed: 'skip' })
  await vi.advanceTimersByTimeAsync(0)
  expect(b.run).toHaveBeenCalledTimes(1)
})

test('a server that has lost its claim stops the run, and does not say how it ended', async () => {
  const store = memoryJobs()
  const { run, stopped } = longRun()
  const a = running('a', store, { run })
  await vi.advanceTimersByTimeAsync(hourMs)
  store.renewJob = async () => false
  await vi.advanceTimersByTimeAsync(10_000)
  expect(stopped).toEqual(['stopped'])
  expect(a.lines).toContain('another process has taken over this job: it was stopped here')
  expect(await a.of()).toMatchObject({ outcome: null, isRunning: true })
})

test('a server that does not reach the database for as long as its claim holds stops the run', async () => {
  const store = memoryJobs()
  const { run, stopped } = longRun()
  running('a', store, { run })
  await vi.advanceTimersByTimeAsync(hourMs)
  store.renewJob = () => Promise.reject(new Error('away'))
  await vi.advanceTimersByTimeAsync(29_000)
  expect(stopped).toEqual([])
  await vi.advanceTimersByTimeAsync(20_000)
  expect(stopped).toEqual(['stopped'])
})

test('a database that does not answer is told once, and the job runs when it answers', async () => {
  const store = memoryJobs()
  const plan = store.planJob
  store.planJob = () => Promise.reject(new Error('away'))
  const a = running('a', store, { firstRun: 'at once' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(a.lines).toEqual(['the database does not say whether this job is due'])
  store.planJob = plan
  await vi.advanceTimersByTimeAsync(10_000)
  expect(a.run).toHaveBeenCalledTimes(1)
})
