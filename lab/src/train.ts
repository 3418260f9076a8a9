import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadCsv } from '@candlewatch/adapters/sources/csv'
import { CandlewatchError } from '@candlewatch/core/errors'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Ms, Series } from '@candlewatch/core/types'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { card } from './card.ts'
import { type TrainedModel, type TrainingOptions, trainModel } from './training.ts'

interface Options extends Omit<TrainingOptions, 'name' | 'backend'> {
  readonly csv: string
  readonly from: number
  readonly to: number
  readonly name?: string
  readonly models: string
}

const modelsFolder = fileURLToPath(new URL('../../models', import.meta.url))

async function train(options: Options): Promise<void> {
  const series = await cut(options)
  const name = options.name ?? modelName(series)
  const backend = await startBackend()
  console.log(`${series.bars.length} rows of ${series.name}; backend ${backend.name} (${backend.because})`)
  const bar = new SingleBar({
    format: 'epoch {epoch}/{epochs} {bar} {percentage}% loss {loss} validation {validation} {eta_formatted} left',
    noTTYOutput: true,
    notTTYSchedule: 15_000,
    etaBuffer: 60,
  })
  const status = { epoch: 1, epochs: options.epochs, loss: '–', validation: '–' }
  bar.start(options.epochs, 0, status)
  const model = await trainModel(
    series,
    { ...options, name, backend: backend.name },
    {
      onBatch(epoch, done, batches, loss) {
        bar.setTotal(options.epochs * batches)
        bar.update((epoch - 1) * batches + done, { ...Object.assign(status, { epoch, loss: loss.toFixed(4) }) })
      },
      onEpoch: ({ validation }) => bar.update({ ...Object.assign(status, { validation: validation.toFixed(4) }) }),
    },
  ).finally(() => bar.stop())
  report(model, await save(model, options.models))
}

async function cut({ csv, from, to }: Options): Promise<Series> {
  const series = await loadCsv(csv)
  const bars = series.bars.filter(bar => bar.ts - series.intervalMs >= from && bar.ts - series.intervalMs < to)
  if (bars.length === 0) {
    const [first, last] = [series.bars[0], series.bars.at(-1)].map(bar =>
      bar ? isoDate(bar.ts - series.intervalMs) : '–',
    )
    throw new CandlewatchError(
      'ERR_TRAINING_SHORT',
      `${csv} holds rows from ${first} to ${last}, none of them from ${isoDate(from)} to ${isoDate(to)}. Set --from and --to.`,
    )
  }
  return { ...series, bars }
}

function modelName({ market, intervalMs }: Series): string {
  return `${market.split(':')[1]}-${formatInterval(intervalMs)}`.toLowerCase()
}

/** Written beside its place and moved in one step: a model folder is whole or absent. */
async function save(model: TrainedModel, models: string): Promise<string> {
  const parent = join(models, model.manifest.name)
  const folder = join(parent, model.manifest.version)
  const unfinished = join(parent, `.unfinished-${randomUUID()}`)
  await mkdir(unfinished, { recursive: true })
  try {
    await writeFile(join(unfinished, 'model.json'), model.modelJson)
    await writeFile(join(unfinished, 'weights.bin'), model.weights)
    await writeFile(join(unfinished, 'card.md'), card(model.manifest))
    await writeFile(join(unfinished, 'manifest.json'), model.manifestJson)
    await rm(folder, { recursive: true, force: true })
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
  return folder
}

function report({ manifest }: TrainedModel, folder: string): void {
  const line = (name: string, m: { mae: number; baselineMae: number; coverage90: number }) =>
    `  ${name.padEnd(5)} MAE ${m.mae.toFixed(2)}, naive ${m.baselineMae.toFixed(2)} (ratio ${(m.mae / m.baselineMae).toFixed(3)}); ` +
    `90 % interval holds ${(100 * m.coverage90).toFixed(1)} %`
  console.log(`Validation, ${manifest.metrics.bars} bars from ${manifest.metrics.from}:`)
  console.log(line('high', manifest.metrics.high))
  console.log(line('low', manifest.metrics.low))
  console.log(`${manifest.training.seconds} s. Written to ${relative(process.cwd(), folder)}`)
}

const date = (text: string): number => {
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  if (Number.isNaN(ms)) throw new InvalidArgumentError('Expected a date, for example 2021-01-01.')
  return ms as Ms
}

const whole = (text: string): number => {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 on.')
  return Number(text)
}

const positive = (text: string): number => {
  const x = Number(text)
  if (!(x > 0 && x < 1)) throw new InvalidArgumentError('Expected a number between 0 and 1.')
  return x
}

const program = new Command('npm run train --')
  .description("Trains the LSTM that forecasts the next bar's high and low. The last tenth of the rows validates.")
  .requiredOption('--csv <file>', 'rows to train on, in any layout that data/README.md names')
  .option('--from <date>', 'first open to use', date, 0)
  .option(
    '--to <date>',
    'opens before this are used; the default keeps 2021 unseen for the replay',
    date,
    date('2021-01-01'),
  )
  .option('--name <name>', 'the model; default: pair and interval, as in btc-usd-1h')
  .option('--units <n>', 'LSTM units', whole, 32)
  .option('--lookback <bars>', 'bars that one forecast looks at', whole, 24)
  .option('--epochs <n>', 'passes over the rows', whole, 12)
  .option('--batch-size <n>', 'samples a step', whole, 256)
  .option('--learning-rate <rate>', 'the peak of the one-cycle schedule', positive, 2e-3)
  .option('--seed <n>', 'same seed, same weights', whole, 1)
  .option('--models <folder>', 'where models lie', text => resolve(text), modelsFolder)
  .action(train)

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CandlewatchError)) throw error
  console.error(`error ${error.code}: ${error.message}`)
  process.exitCode = 1
}
