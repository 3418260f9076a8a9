import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { loadModel, parseManifest } from '@candlewatch/core/forecast/artifact'
import type { Ms, Series } from '@candlewatch/core/types'
import { describe, expect, it } from 'vitest'
import type { Output } from './program.ts'
import { madeUp, recorder, temporaryFolder, writeCsv } from './series/series.suite.ts'
import { defaultName, runTrain } from './train.ts'
import { programProgress } from './training/progress.ts'

const never = new AbortController().signal
const small = [
  '--units',
  '4',
  '--members',
  '1',
  '--lookback',
  '6',
  '--epochs',
  '2',
  '--batch-size',
  '200',
  '--learning-rate',
  '0.01',
]
const once = ['--no-refit', '--distillation', '0']
const taught = ['--distillation', '0.7', '--name', 'm']

async function train(series: Series, args: readonly string[] = [], stop = never, wrap = (output: Output) => output) {
  const folder = await temporaryFolder()
  const models = join(folder, 'models')
  const { output, lines, errors } = recorder()
  const csv = await writeCsv(folder, series)
  const code = await runTrain(
    ['--csv', csv, '--models', models, ...small, ...(args.includes('--distillation') ? [] : once), ...args],
    wrap(output),
    stop,
  )
  return { code, lines, errors, models, names: await readdir(models).catch(() => []) }
}

describe('any market and interval', () => {
  it.each([
    ['a minute', 60_000, '1m'],
    ['a day', 86_400_000, '1d'],
  ])('bars of %s train a model with which the engine forecasts', async (_, ms, interval) => {
    const series = madeUp(1_100, ms as Ms)
    const { code, lines, models } = await train(series, ['--name', 'other', '--json'])
    expect(code).toBe(0)
    const last = JSON.parse(lines.at(-1) as string)
    expect(last).toMatchObject({ interrupted: false, metrics: { bars: 110 } })
    expect(last.folder).toBe(join(models, 'other', last.version))
    const artifact = await readArtifact(models, 'other')
    expect(JSON.parse(artifact.manifestJson)).toMatchObject({ interval })
    const model = await loadModel(artifact)
    const stream = { market: series.market, intervalMs: series.intervalMs, alarmsPerWeek: 1 }
    const pipeline = makePipeline(stream, model)
    for (const bar of series.bars.slice(0, -1)) pipeline.warmUp(bar)
    const { close } = series.bars.at(-1) as Series['bars'][number]
    const { next } = pipeline.step(series.bars.at(-1) as Series['bars'][number])
    expect(Math.abs((next?.high.model ?? 0) / close - 1)).toBeLessThan(0.2)
  })

  it('the name is the pair and the interval, without characters that a folder name cannot have', () => {
    expect(defaultName({ market: 'binance:ETH-USDT', intervalMs: 60_000 as Ms })).toBe('eth-usdt-1m')
    expect(defaultName({ market: 'x:../EUR/USD', intervalMs: 86_400_000 as Ms })).toBe('..-eur-usd-1d'.slice(3))
  })
})

describe('several series', () => {
  async function trainBoth(...args: readonly string[]) {
    const folder = await temporaryFolder()
    const models = join(folder, 'models')
    const { output, lines, errors } = recorder()
    const hourly = await writeCsv(folder, madeUp(1_100), 'hourly.csv')
    const daily = await writeCsv(folder, madeUp(1_050, 86_400_000 as Ms), 'daily.csv')
    const code = await runTrain(['--csv', hourly, '--csv', daily, '--models', models, ...small, ...args], output, never)
    return { code, lines, errors, models }
  }

  it('make a model of any market and interval, which forecasts bars of a length that it has not seen', async () => {
    const { code, models } = await trainBoth(...once)
    expect(code).toBe(0)
    const artifact = await readArtifact(models, 'any-market')
    const manifest = parseManifest(artifact.manifestJson)
    expect(manifest).toMatchObject({ market: null, interval: null, features: { name: 'any-market' } })
    expect(manifest.training.series).toMatchObject([
      { interval: '1h', bars: 1_100 },
      { interval: '1d', bars: 1_050 },
    ])
    expect(manifest.metrics.bars).toBe(110 + 105)
    const model = await loadModel(artifact)
    const series = madeUp(300, 60_000 as Ms)
    const pipeline = makePipeline({ market: series.market, intervalMs: series.intervalMs, alarmsPerWeek: 1 }, model)
    const verdicts = series.bars.map(bar => pipeline.step(bar))
    expect(verdicts.at(-1)).toMatchObject({ model: { name: 'any-market' } })
    expect(verdicts.at(-1)?.next?.high.model).toBeGreaterThan(0)
  })

  it('help to learn a model of the first one, with its name, its season and its errors', async () => {
    const { code, models } = await trainBoth(...once, '--serves', 'market')
    expect(code).toBe(0)
    const manifest = parseManifest((await readArtifact(models, 'btc-usd-1h')).manifestJson)
    expect(manifest).toMatchObject({ interval: '1h', features: { name: 'volatility-scaled' }, metrics: { bars: 110 } })
    expect(manifest.training.series).toHaveLength(2)
  })

  it('longer bars are learned from too, and those that are too few are named', async () => {
    const { code, lines, models } = await trainBoth(...once, '--also', '4h,1d')
    expect(code).toBe(0)
    expect(lines.filter(line => line.includes('too few to learn from'))).toHaveLength(2)
    const manifest = parseManifest((await readArtifact(models, 'any-market')).manifestJson)
    expect(manifest.training.series).toHaveLength(2)
  })
})

it('the same command gives the same weights to the last bit; another seed gives others', async () => {
  const weightsOf = async (...seed: string[]) => {
    const { models } = await train(madeUp(1_000), ['--name', 'm', ...seed])
    return (await readArtifact(models, 'm')).weights
  }
  const first = await weightsOf()
  expect(await weightsOf()).toEqual(first)
  expect(await weightsOf('--seed', '2')).not.toEqual(first)
})

it('without a terminal there is one line for each epoch, with losses and the time left', async () => {
  const { errors } = await train(madeUp(1_000))
  expect(errors).toEqual([
    expect.stringMatching(/^epoch 1\/2 loss \d\.\d{4} validation \d\.\d{4}, \d+s left$/),
    expect.stringMatching(/^epoch 2\/2 loss \d\.\d{4} validation \d\.\d{4}, 0s left$/),
  ])
})

it('for a program there is a line of JSON with the rows, and lines with the learner, the progress and the finished epochs', async () => {
  const { errors } = await train(madeUp(1_200), [...taught, '--progress', 'json'])
  const [rows, ...steps] = errors.map(line => JSON.parse(line))
  expect(rows).toEqual({ rows: { bars: 1_200, from: '2020-10-12T00:00:00Z', to: '2020-11-30T23:00:00Z' } })
  const learning = steps.map(step => step.learning)
  expect(learning.at(-1)).toMatchObject({
    learner: 'network',
    number: 1,
    of: 1,
    again: true,
    epoch: 2,
    epochs: 2,
    share: 1,
  })
  const ended = learning.flatMap(({ losses }) => losses)
  const pass = (again: boolean) => [
    ...[1, 2, 3, 4, 5].flatMap(number => [1, 2].map(epoch => `teacher ${number} ${epoch} ${again}`)),
    ...[1, 2].map(epoch => `network 1 ${epoch} ${again}`),
  ]
  expect(ended.map(({ learner, number, epoch, again }) => `${learner} ${number} ${epoch} ${again}`)).toEqual([
    ...pass(false),
    ...pass(true),
  ])
  expect(ended[10]).toMatchObject({ training: expect.any(Number), validation: expect.any(Number) })
})

it('lines for a program come four a second at most, and none of the epochs is lost', () => {
  const { output, errors } = recorder()
  let now = 0
  const options = { members: 1, epochs: 9, distillation: 0, refit: false }
  const { onBatch, onEpoch } = programProgress(output, options, () => now)
  for (let epoch = 1; epoch <= 9; epoch++) {
    onBatch(epoch, 1, 2, 0.5)
    onEpoch({ epoch, training: epoch, validation: null })
    now += 100
  }
  const lines = errors.map(line => JSON.parse(line).learning)
  expect(lines.map(({ share }) => Number((9 * share).toFixed(2)))).toEqual([0.5, 3.5, 6.5, 9])
  expect(lines.map(({ losses }) => losses.length)).toEqual([0, 3, 3, 3])
})

it('rows from 2021 on are left out by default; a series without others is used completely, and the output says so', async () => {
  const over = madeUp(1_100, 3_600_000 as Ms, '2021-01-03')
  expect((await train(over)).lines[0]).toMatch(/^1052 rows/)
  const { lines, errors } = await train(madeUp(1_000, 3_600_000 as Ms, '2023-01-03'))
  expect(errors[0]).toBe('rows.csv has no rows before 2021-01-01, the default of --to, so all its rows are used.')
  expect(lines[0]).toMatch(/^1000 rows/)
})

it('a training with a teacher and a refit has five folds and a member, twice, and the losses of the validated one', async () => {
  const { code, errors, models } = await train(madeUp(1_200), taught)
  expect(code).toBe(0)
  expect(errors.filter(line => line.startsWith('epoch')).at(-1)).toMatch(
    /^epoch 24\/24 loss \S+ validation –, 0s left$/,
  )
  const artifact = await readArtifact(models, 'm')
  const { training } = parseManifest(artifact.manifestJson)
  expect(training).toMatchObject({ refitted: true, distillation: 0.7 })
  expect(training.losses.map(({ epoch }) => epoch)).toEqual([1, 2])
  const alone = await readArtifact((await train(madeUp(1_200), [...taught, '--no-refit'])).models, 'm')
  expect(alone.weights).not.toEqual(artifact.weights)
})

describe('Ctrl-C', () => {
  const stopAt = (text: string) => {
    const controller = new AbortController()
    const wrap = (output: Output): Output => ({
      ...output,
      line: line => {
        output.line(line)
        if (line.includes(text)) controller.abort()
      },
      error: line => {
        output.error(line)
        if (line.includes(text)) controller.abort()
      },
    })
    return { signal: controller.signal, wrap }
  }

  it('after the first epoch gives exit code 130 and a complete model', async () => {
    const { signal, wrap } = stopAt('epoch 2/9')
    const { code, lines, models } = await train(madeUp(1_000), ['--epochs', '9', '--name', 'm', '--json'], signal, wrap)
    expect(code).toBe(130)
    expect(lines.join('\n')).toMatch(/^Stopped after epoch 2 of 9; the best epoch, [12], was kept\.$/m)
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ interrupted: true })
    const model = await loadModel(await readArtifact(models, 'm'))
    expect(model.calibration.intervals.model.up.length).toBeGreaterThan(0)
    expect(await readFile(join(models, 'm', model.version, 'card.md'), 'utf8')).toContain('ended after 2 of 9 epochs')
  })

  it('during the refit on all rows gives exit code 130 and keeps the validated model', async () => {
    const { signal, wrap } = stopAt('epoch 20/24')
    const { code, models } = await train(madeUp(1_200), taught, signal, wrap)
    expect(code).toBe(130)
    const manifest = parseManifest((await readArtifact(models, 'm')).manifestJson)
    expect(manifest.training).toMatchObject({ refitted: false, distillation: 0.7 })
    expect(manifest.training.losses).toHaveLength(2)
  })

  it('before the first epoch is over gives exit code 130 and one line that says that nothing was written', async () => {
    const { signal, wrap } = stopAt('rows of')
    const { code, errors, models } = await train(madeUp(1_000), ['--name', 'm'], signal, wrap)
    expect(code).toBe(130)
    expect(errors).toEqual([expect.stringMatching(/^error ERR_TRAINING_INTERRUPTED: .*nothing was written/)])
    expect(await readdir(join(models, 'm'))).toEqual([])
  })
})

describe('errors end with exit code 1, one line with a code, and no model', () => {
  const flat = (series: Series): Series => ({
    ...series,
    bars: series.bars.map(bar => ({ ...bar, open: 5, high: 5, low: 5, close: 5 })),
  })

  it.each([
    ['too short', madeUp(500), [], /ERR_TRAINING_SHORT: .*at least 1000 rows.*lookback of 6, got 500/],
    ['too short for a long lookback', madeUp(1_000), ['--lookback', '1000'], /at least 1224 rows.*got 1000/],
    ['a constant series', flat(madeUp(1_000)), [], /ERR_TRAINING_FLAT: .*found 5 in all 900 rows/],
    ['no rows in the range', madeUp(200), ['--to', '2018-01-01'], /ERR_RANGE_EMPTY: .*to 2018-01-01/],
    ['a name that leads elsewhere', madeUp(200), ['--name', '../x'], /ERR_OPTION_INVALID: .*letters, digits/],
    ['two sources', madeUp(200), ['--database', 'a:B-C'], /ERR_OPTION_INVALID: .*--csv/],
  ])('%s', async (_, series, args, message) => {
    const { code, errors, names } = await train(series, args)
    expect(code).toBe(1)
    expect(errors).toEqual([expect.stringMatching(message)])
    for (const name of names) expect(name).toBe('btc-usd-1h')
  })

  it('no source, a file with other columns, and a missing file are refused', async () => {
    const folder = await temporaryFolder()
    const other = join(folder, 'other.csv')
    await writeFile(other, 'a,b\n1,2\n3,4\n')
    for (const [args, code] of [
      [[], 'ERR_OPTION_INVALID'],
      [['--csv', other], 'ERR_CSV_LAYOUT'],
      [['--csv', `${other}.not`], 'ERR_CSV_MISSING'],
    ] as const) {
      const { output, errors } = recorder()
      expect(await runTrain(args, output, never)).toBe(1)
      expect(errors).toEqual([expect.stringContaining(`error ${code}: `)])
    }
  })

  it('a models folder that cannot be made is reported before any training', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'models'))
    // A file where the model's folder should be stops root as well, which a mode does not.
    await writeFile(join(folder, 'models', 'm'), '')
    await chmod(join(folder, 'models', 'm'), 0o400)
    const { output, lines, errors } = recorder()
    const csv = await writeCsv(folder, madeUp(1_000))
    const args = ['--csv', csv, '--models', join(folder, 'models'), '--name', 'm', ...small]
    expect(await runTrain(args, output, never)).toBe(1)
    expect(errors).toEqual([expect.stringContaining('ERR_MODEL_UNWRITABLE')])
    expect(lines).toEqual([])
  })
})
