import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@candlewatch/adapters/stores/memory'
import type { Trial } from '@candlewatch/adapters/stores/model-records'
import type { Ms } from '@candlewatch/core/types'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { childEnv } from './env.ts'
import { fakeModels, openFake, writeFake } from './fake-models.suite.ts'
import { openModels } from './models.ts'
import { makeRetrain, type RetrainParts } from './retrain.ts'
import { trainOn } from './trainer.ts'

const passing = { more: 3, fewer: 11, alarms: { challenger: [], champion: [] }, passed: true, because: 'Better.' }

async function retraining(parts: Partial<RetrainParts> = {}) {
  const modelsDir = await fakeModels('1')
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const clock = { now: () => 1 as Ms }
  const models = await openModels({
    ...{ store: memoryStore(), modelsDir, name: 'fake', open: openFake, changed: () => undefined, clock, log },
  })
  const train = async () => {
    await writeFake(modelsDir, '2')
    return { version: '2' }
  }
  const trial = async () => ({ ...passing, challenger: '2', champion: '1' }) as unknown as Trial
  const retrain = makeRetrain({ models, train, trial, log, ...parts })
  onTestFinished(() => retrain.close())
  const logged = async (text: string | RegExp) => {
    while (!lines.some(line => line.match(text))) await new Promise(resolve => setTimeout(resolve, 5))
    return lines.find(line => line.match(text))!
  }
  return { modelsDir, models, retrain, lines, logged, serving: () => models.champion().manifest.version }
}

/** A trainer that is a file of its own. */
async function scriptOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trainer-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'train.mjs'), text)
  return join(folder, 'train.mjs')
}

const trained = (text: string, stop = new AbortController().signal) =>
  retraining().then(async ({ models, modelsDir }) =>
    trainOn({ script: await scriptOf(text), modelsDir, env: childEnv('postgres://there/x') })(models.champion(), stop),
  )

test('trained, looked at, tried, promoted', async () => {
  const { retrain, logged, serving } = await retraining()
  retrain.start()
  expect(() => retrain.start()).toThrow(expect.objectContaining({ code: 'ERR_RETRAIN_RUNNING' }))
  await logged('3 more, 11 fewer. Better.')
  await logged('"promoted"')
  await expect.poll(serving).toBe('2')
})

test.each([
  ['not better', { passed: false, challenger: '2', champion: '1' }],
  ['better than one that is champion no more', { passed: true, challenger: '2', champion: '0' }],
])('%s: the champion stays', async (_name, change) => {
  const { retrain, logged, serving, models, lines } = await retraining({
    trial: async () => ({ ...passing, ...change }) as unknown as Trial,
  })
  retrain.start()
  await logged('3 more, 11 fewer')
  await retrain.close()
  expect(serving()).toBe('1')
  expect(lines.filter(line => line.includes('"promoted"'))).toHaveLength(1)
  expect((await models.find('fake', '2')).manifest.version).toBe('2')
})

test('a training that fails: logged, and another one can start', async () => {
  const { retrain, logged, serving, models } = await retraining({ train: () => Promise.reject(new Error('no rows')) })
  retrain.start()
  expect(JSON.parse(await logged('no new model'))).toMatchObject({ err: { message: 'no rows' } })
  expect(serving()).toBe('1')
  await expect(models.find('fake', '2')).rejects.toMatchObject({ code: 'ERR_MODEL_MISSING' })
  await expect.poll(() => retrain.start()).toBeUndefined()
})

test('on time: it starts by itself, and not again while one runs', async () => {
  vi.useFakeTimers({ now: Date.UTC(2021, 0, 1, 3, 29, 30) })
  onTestFinished(() => void vi.useRealTimers())
  let started = 0
  const parts: RetrainParts = {
    ...{ cron: '30 3 * * *', log: pino({ level: 'silent' }), trial: async () => null },
    models: { champion: () => ({ manifest: { name: 'fake' } }) } as unknown as RetrainParts['models'],
    train: (_champion, stop) => {
      started += 1
      return new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(new Error('stopped'))))
    },
  }
  const retrain = makeRetrain(parts)
  await vi.advanceTimersByTimeAsync(29_000)
  expect(started).toBe(0)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(started).toBe(1)
  await vi.advanceTimersByTimeAsync(24 * 3_600_000)
  expect(started).toBe(1)
  await retrain.close()
})

test('closed while it runs: the training is told to stop', async () => {
  let stopped = false
  const { retrain, lines } = await retraining({
    train: (_champion, stop) =>
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
  expect(lines.join('')).not.toContain('no new model')
})

test('the trainer: told what to train on, at the lowest priority, and its last line names the version', async () => {
  const answer = await trained(`
    import { writeFileSync } from 'node:fs'
    import { getPriority } from 'node:os'
    const until = Date.now() + 5_000
    while (getPriority() === 0 && Date.now() < until);
    const told = { args: process.argv.slice(2), url: process.env.DATABASE_URL, priority: getPriority() }
    writeFileSync(new URL('told.json', import.meta.url), JSON.stringify(told))
    console.log('epoch 1/1')
    console.log(JSON.stringify({ folder: '/models/fake/2', version: import.meta.dirname, metrics: {} }))`)
  const told = JSON.parse(await readFile(join(answer.version, 'told.json'), 'utf8'))
  expect(told.args).toEqual([
    ...['--database', 'bitstamp:BTC-USD', '--interval', '1h', '--name', 'fake', '--to'],
    ...['9999-12-31', '--models'],
    ...[expect.stringContaining('models-'), '--json'],
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
])('a trainer that %s: ERR_RETRAIN_FAILED with its last lines', async (_name, text, message) => {
  await expect(trained(text)).rejects.toMatchObject({
    code: 'ERR_RETRAIN_FAILED',
    message: expect.stringMatching(message),
  })
})

test('a trainer that is told to stop: ends', async () => {
  await expect(trained('setInterval(() => {}, 1_000)', AbortSignal.timeout(200))).rejects.toMatchObject({
    code: 'ERR_RETRAIN_FAILED',
  })
})
