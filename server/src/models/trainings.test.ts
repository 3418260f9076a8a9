import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Trial } from '@candlewatch/adapters/stores/models'
import type { TrainerLine, Training, TrainingLoss } from '@candlewatch/api/training'
import type { Ms } from '@candlewatch/core/types'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { childEnv } from '../platform/env.ts'
import { fakeModels, openFake, writeFake } from './fake-models.suite.ts'
import { openModelRegistry } from './model-registry.ts'
import { type TrainerParts, trainOn, whyFailed } from './trainer-process.ts'
import { advanced, begun } from './training-state.ts'
import { makeTrainings, type TrainingsParts } from './trainings.ts'

const passing = { more: 3, fewer: 11, alarms: { challenger: [], champion: [] }, passed: true, because: 'Better.' }

async function retraining(parts: Partial<TrainingsParts> = {}) {
  const modelsDir = await fakeModels('1')
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const clock = { now: () => 1 as Ms }
  const models = await openModelRegistry({
    store: memoryStore(),
    modelsDir,
    cacheDir: null,
    name: 'fake',
    isSet: false,
    open: openFake,
    changed: () => undefined,
    clock,
    log,
  })
  const train = async () => {
    await writeFake(modelsDir, '2')
    return { version: '2' }
  }
  const trial = async () => ({ ...passing, challenger: '2', champion: '1' }) as unknown as Trial
  const seen: Training[] = []
  const changed = (training: Training) => void seen.push(training)
  const retrain = makeTrainings({ models, train, trial, changed, clock, log, ...parts })
  onTestFinished(() => retrain.close())
  /** Waits for a line of the log and returns it; fails with the lines that came instead. */
  const logged = async (text: string | RegExp): Promise<string> => {
    const expected = typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text)
    await expect.poll(() => lines).toContainEqual(expected)
    return lines.find(line => line.match(text)) ?? ''
  }
  return { modelsDir, models, retrain, seen, lines, logged, serving: () => models.champion().manifest.version }
}

/** A trainer that is a file of its own. */
async function scriptOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trainer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'train.mjs'), text)
  return join(folder, 'train.mjs')
}

const silent = { warn: () => undefined }
const trained = (
  text: string,
  stop = new AbortController().signal,
  lines: TrainerLine[] = [],
  log: TrainerParts['log'] = silent,
) =>
  retraining().then(async ({ models, modelsDir }) =>
    trainOn({ script: await scriptOf(text), modelsDir, env: childEnv('postgres://there/x'), log })(
      models.champion(),
      { size: 'quick', progress: line => void lines.push(line) },
      stop,
    ),
  )

test('a version is trained, checked, tried and promoted', async () => {
  const { retrain, logged, serving } = await retraining()
  retrain.start()
  expect(() => retrain.start()).toThrow(expect.objectContaining({ code: 'ERR_RETRAIN_RUNNING' }))
  await logged('3 more, 11 fewer. Promoted. Better.')
  await logged('"promoted"')
  await expect.poll(serving).toBe('2')
})

test.each([
  ['not better', { passed: false, challenger: '2', champion: '1' }, 'Trained 2. Not promoted. Better.'],
  [
    'better than one that is no longer champion',
    { passed: true, challenger: '2', champion: '0' },
    'Trained 2, a candidate: it was compared with 0, which is no longer champion.',
  ],
])('%s, and the champion stays', async (_name, change, says) => {
  const { retrain, logged, serving, models, lines } = await retraining({
    trial: async () => ({ ...passing, ...change }) as unknown as Trial,
  })
  retrain.start()
  await logged('3 more, 11 fewer')
  await expect.poll(() => retrain.current()).toMatchObject({ state: 'done', says })
  expect(serving()).toBe('1')
  expect(lines.filter(line => line.includes('"promoted"'))).toHaveLength(1)
  expect((await models.find('fake', '2')).manifest.version).toBe('2')
})

test('a training that fails is logged, and another one can start', async () => {
  const { retrain, logged, serving, models } = await retraining({ train: () => Promise.reject(new Error('no rows')) })
  retrain.start()
  expect(JSON.parse(await logged('training failed'))).toMatchObject({ err: { message: 'no rows' } })
  expect(serving()).toBe('1')
  await expect(models.find('fake', '2')).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING' })
  await expect.poll(() => retrain.start()).toBeUndefined()
})

test('a scheduled training resolves to its result, and is skipped while another one runs', async () => {
  const { retrain, seen, serving } = await retraining()
  retrain.start()
  expect(await retrain.scheduled(new AbortController().signal)).toBe('Skipped: a training was running already.')
  await expect.poll(() => retrain.current().state).toBe('done')
  const again = await retraining()
  expect(await again.retrain.scheduled(new AbortController().signal)).toBe('Trained 2. Promoted. Better.')
  expect(again.seen.at(-1)).toMatchObject({ startedBy: 'schedule', size: 'full', state: 'done' })
  expect(again.serving()).toBe('2')
  expect(seen.at(-1)?.startedBy).toBe('hand')
  expect(serving()).toBe('2')
})

test('a scheduled training that fails or is stopped rejects with the reason', async () => {
  const { retrain } = await retraining({ train: () => Promise.reject(new Error('no rows')) })
  await expect(retrain.scheduled(new AbortController().signal)).rejects.toMatchObject({
    code: 'ERR_RETRAIN_FAILED',
    message: expect.stringContaining('no rows'),
  })
  const stop = new AbortController()
  const long = await retraining({
    train: (_champion, _order, stopped) =>
      new Promise((_resolve, reject) => stopped.addEventListener('abort', () => reject(new Error('aborted')))),
  })
  const scheduled = long.retrain.scheduled(stop.signal)
  stop.abort()
  await expect(scheduled).rejects.toThrow()
  expect(long.retrain.current()).toMatchObject({ state: 'cancelled' })
})

test('closing while a training runs stops the training', async () => {
  let stopped = false
  const { retrain, lines } = await retraining({
    train: (_champion, _order, stop) =>
      new Promise((_resolve, reject) =>
        stop.addEventListener('abort', () => {
          stopped = true
          reject(new Error('aborted'))
        }),
      ),
  })
  retrain.start()
  await retrain.close()
  expect(stopped).toBe(true)
  expect(lines.join('')).not.toContain('training failed')
})

const learning = (share: number, losses: TrainingLoss[] = []) =>
  ({
    learning: { learner: 'network', number: 1, of: 1, again: false, epoch: 1, epochs: 4, share, losses },
  }) as const satisfies TrainerLine

test('every step is reported: what it reads, its progress, what it makes, and its result', async () => {
  const { modelsDir, retrain, seen, logged } = await retraining({
    train: async (_champion, { size, progress }) => {
      expect(size).toBe('quick')
      progress({ rows: { bars: 1_200, from: '2021-01-01T00:00:00Z', to: '2021-02-19T23:00:00Z' } })
      for (const share of [0.25, 1]) progress(learning(share, [epochOf(4 * share)]))
      await writeFake(modelsDir, '2')
      return { version: '2' }
    },
  })
  expect(retrain.current()).toMatchObject({ state: 'idle', says: 'No training since the server started.' })
  retrain.start('quick')
  await logged('"promoted"')
  await expect.poll(() => retrain.current().state).toBe('done')
  const told = seen.map(({ state, phase, share, losses, version }) => [state, phase, share, losses.length, version])
  expect(told).toEqual([
    ['running', 'reading', 0, 0, null],
    ['running', 'reading', 0, 0, null],
    ['running', 'learning', 0.25, 1, null],
    ['running', 'measuring', 1, 2, null],
    ['running', 'trying', 1, 2, '2'],
    ['done', null, 1, 2, '2'],
  ])
  expect(seen.at(-1)).toMatchObject({
    startedBy: 'hand',
    size: 'quick',
    model: 'fake',
    market: 'bitstamp:BTC-USD',
    interval: '1h',
    rows: { bars: 1_200 },
    says: 'Trained 2. Promoted. Better.',
    secondsLeft: null,
    startedAt: '1970-01-01T00:00:00.001Z',
    endedAt: '1970-01-01T00:00:00.001Z',
  })
})

const epochOf = (epoch: number): TrainingLoss => {
  return { learner: 'network', number: 1, again: false, epoch, training: 0.2, validation: 0.3 }
}

test('the time left follows from the pace so far, and is missing while it would be a guess', () => {
  const of = { startedBy: 'hand', size: 'full', model: 'fake', market: 'a:B', interval: '1h' } as const
  const start = begun(of, 0 as Ms)
  expect(advanced(start, learning(0.25), 2_000 as Ms).secondsLeft).toBeNull()
  expect(advanced(start, learning(0.02), 60_000 as Ms).secondsLeft).toBeNull()
  expect(advanced(start, learning(0.25), 60_000 as Ms).secondsLeft).toBe(180)
})

test('a cancelled training has ended when the cancellation is answered, and the next one can start', async () => {
  const { retrain, seen, models } = await retraining({
    train: (_champion, _order, stop) =>
      new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('aborted')))),
  })
  await retrain.cancel()
  expect(seen).toEqual([])
  retrain.start()
  await retrain.cancel()
  expect(retrain.current()).toMatchObject({ state: 'cancelled', says: 'Cancelled: nothing was written.' })
  expect(models.champion().manifest.version).toBe('1')
  retrain.start()
  await retrain.cancel()
})

test('a version whose training is cancelled during its trial stays a candidate, whatever the trial says', async () => {
  let ended: () => void = () => undefined
  const { retrain, seen, serving } = await retraining({
    trial: async () => {
      await new Promise<void>(resolve => {
        ended = resolve
      })
      return { ...passing, challenger: '2', champion: '1' } as unknown as Trial
    },
  })
  retrain.start()
  await expect.poll(() => seen.at(-1)?.phase).toBe('trying')
  const cancelled = retrain.cancel()
  await expect.poll(() => ended.name).not.toBe('ended')
  ended()
  await cancelled
  expect(retrain.current()).toMatchObject({ state: 'cancelled', version: '2' })
  expect(retrain.current().says).toBe('Cancelled: 2 stays a candidate.')
  expect(serving()).toBe('1')
})

test('the trainer gets its options, runs at the lowest priority, and names the version in its last line', async () => {
  const answer = await trained(`
    import { writeFileSync } from 'node:fs'
    import { getPriority } from 'node:os'
    // The parent lowers the priority once the process runs.
    while (getPriority() === 0) await new Promise(resolve => setTimeout(resolve, 5))
    const told = { args: process.argv.slice(2), url: process.env.DATABASE_URL, priority: getPriority() }
    writeFileSync(new URL('told.json', import.meta.url), JSON.stringify(told))
    console.log('epoch 1/1')
    console.log(JSON.stringify({ folder: '/models/fake/2', version: import.meta.dirname, metrics: {} }))`)
  const told = JSON.parse(await readFile(join(answer.version, 'told.json'), 'utf8'))
  expect(told.args).toEqual([
    ...['--database', 'bitstamp:BTC-USD', '--interval', '1h', '--name', 'fake', '--to'],
    ...['9999-12-31', '--models', expect.stringContaining('models-')],
    ...['--members', '1', '--epochs', '4', '--distillation', '0', '--no-refit', '--progress', 'json', '--json'],
  ])
  expect(told).toMatchObject({ url: 'postgres://there/x', priority: 19 })
})

test.each([
  [
    'fails',
    `console.error('error ERR_TRAINING_SHORT: no rows'); process.exit(1)`,
    /code 1.*ERR_TRAINING_SHORT: no rows/s,
  ],
  ['writes no JSON', `console.log('done')`, /without a line of JSON.*done/s],
  ['is killed', `process.kill(process.pid, 'SIGKILL')`, /SIGKILL/],
])('a trainer that %s fails with ERR_RETRAIN_FAILED and its last lines', async (_name, text, message) => {
  await expect(trained(text)).rejects.toMatchObject({
    code: 'ERR_RETRAIN_FAILED',
    message: expect.stringMatching(message),
  })
})

test('lines of progress are reported, and are not part of the message of a failure', async () => {
  const lines: TrainerLine[] = []
  const rows = { bars: 3, from: 'a', to: 'b' }
  const text = `
    console.error('{"rows":${JSON.stringify(rows)}}')
    console.error('${JSON.stringify(learning(0.5, [epochOf(2)]))}')
    console.error('error ERR_TRAINING_DIVERGED: A loss that is no number.')
    process.exit(1)`
  const error = await trained(text, undefined, lines).catch((thrown: Error) => thrown)
  expect(lines).toEqual([{ rows }, learning(0.5, [epochOf(2)])])
  expect((error as Error).message).not.toContain('learning')
  expect(whyFailed(error)).toBe('A loss that is no number. The models are unchanged.')
})

test('a line of JSON outside the contract is logged, and is not part of the message of a failure', async () => {
  const warnings: object[] = []
  const log = { warn: (found: object) => void warnings.push(found) } as unknown as TrainerParts['log']
  const text = "console.error(JSON.stringify({ rows: { bars: 'many' } })); process.exit(1)"
  const error = await trained(text, undefined, [], log).catch((thrown: Error) => thrown)
  expect(warnings).toEqual([{ line: '{"rows":{"bars":"many"}}' }])
  expect((error as Error).message).not.toContain('many')
})

test('the reason for a trainer that wrote no error is how it ended', async () => {
  const error = await trained('process.exit(3)').catch((thrown: Error) => thrown)
  expect(whyFailed(error)).toBe('The training ended with code 3. The models are unchanged.')
  expect(whyFailed(new Error('no database'))).toBe('no database')
})

test('the remains of a trainer that was killed while writing are removed', async () => {
  const { models, modelsDir } = await retraining()
  const script = await scriptOf(`
    import { mkdirSync } from 'node:fs'
    const models = process.argv[process.argv.indexOf('--models') + 1]
    mkdirSync(models + '/fake/.unfinished-' + process.pid, { recursive: true })
    process.kill(process.pid, 'SIGKILL')`)
  const order = { size: 'full', progress: () => undefined } as const
  const train = trainOn({ script, modelsDir, env: childEnv(''), log: silent })
  await expect(train(models.champion(), order, new AbortController().signal)).rejects.toThrow('SIGKILL')
  expect(await readdir(join(modelsDir, 'fake'))).toEqual(['1'])
})

test('a trainer ends when it is stopped', async () => {
  await expect(trained('setInterval(() => {}, 1_000)', AbortSignal.timeout(200))).rejects.toMatchObject({
    code: 'ERR_RETRAIN_FAILED',
  })
})
