import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { rowsWanted } from '@candlewatch/core/forecast/dataset'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { known } from '@candlewatch/core/nth'
import { openOf } from '@candlewatch/core/time'
import type { Bar, Ms, Series } from '@candlewatch/core/types'
import { Command, Option } from 'commander'
import * as values from './option-values.ts'
import { interrupted, interruptedCode, interruption, type Output, runAsMain, runProgram } from './program.ts'
import { longerBars } from './series/longer-bars.ts'
import {
  addManySeriesOptions,
  cutSeries,
  type ManySeriesOptions,
  type RangeOptions,
  readManySeries,
} from './series/series.ts'
import { addToDatabase } from './training/model-database.ts'
import { requireWritable, saveModel } from './training/model-folder.ts'
import { programProgress, trainerText, trainingProgress } from './training/progress.ts'
import { epochsOf, type TrainedModel, type TrainingOptions, trainModel } from './training/training.ts'
import { usual } from './tune/space.ts'

interface Options extends ManySeriesOptions, RangeOptions, Omit<TrainingOptions, 'name' | 'serves' | 'backend'> {
  readonly name?: string
  readonly serves?: TrainingOptions['serves']
  readonly also: readonly Ms[]
  readonly models: string
  readonly progress: 'text' | 'json'
  readonly json?: true
}

/** Runs `npm run train` and returns the exit code. Aborting `stop` keeps the best epoch so far and returns 130. */
export async function runTrain(args: readonly string[], output: Output, stop: AbortSignal): Promise<number> {
  const models: TrainedModel[] = []
  const command = makeCommand(async options => {
    models.push(await train(options, output, stop))
  })
  const code = await runProgram(command, args, output)
  return models.some(model => model.ended === 'stopped') ? interruptedCode : code
}

function makeCommand(action: (options: Options) => Promise<void>): Command {
  const command = new Command('npm run train --').description(
    "Trains the LSTM that forecasts the next bar's high and low. The last tenth of the rows is used for validation.",
  )
  return addManySeriesOptions(command)
    .option(
      '--to <date>',
      'use rows that open before this date (default: 2021-01-01 if there are rows before it, else the end)',
      values.date,
    )
    .option(
      '--name <name>',
      'name of the model (default: instrument and interval, such as btc-usd-1h; any-market for one of any market)',
      values.modelName,
    )
    .addOption(
      new Option(
        '--serves <what>',
        'market: for the market of the first series, which the others help to learn; any: for any market and interval (default: market with one series, any with several)',
      ).choices(['market', 'any']),
    )
    .option(
      '--also <intervals>',
      'learn from these longer bars of each series too, such as 5m,15m,4h, where they are enough',
      values.intervals,
      [],
    )
    .option('--units <n>', 'LSTM units', values.whole, usual.units)
    .option('--members <n>', 'networks that differ only in their seed; the forecast is their mean', values.whole, 3)
    .option('--lookback <bars>', 'how many bars one forecast uses', values.whole, usual.lookback)
    .option('--epochs <n>', 'passes over the rows', values.whole, usual.epochs)
    .option('--batch-size <n>', 'samples per step', values.whole, usual.batchSize)
    .option('--learning-rate <rate>', 'the peak of the one-cycle schedule', values.share, usual.learningRate)
    .addOption(
      new Option('--weighting <by>', 'weight of a sample: its volatility, or the square root of it')
        .choices(['scale', 'root scale'])
        .default(usual.weighting),
    )
    .option(
      '--averaging <share>',
      'share of its past that the running mean of the weights keeps at each step; 0 = no averaging',
      values.shareOrNone,
      usual.averaging,
    )
    .option(
      '--distillation <share>',
      'share of the loss that follows a teacher (boosted trees and an LSTM, out of fold); 0 = no teacher',
      values.shareOrNone,
      0.7,
    )
    .option('--no-refit', 'keep the validated weights; by default the model is trained once more on all rows')
    .option(
      '--patience <n>',
      'stop after this many epochs without a better validation loss; by default all epochs run, since one-cycle is best at its end',
      values.whole,
    )
    .option('--seed <n>', 'the same seed gives the same weights', values.whole, 1)
    .option(
      '--models <folder>',
      'where the model is written',
      text => resolve(text),
      fileURLToPath(new URL('../../models', import.meta.url)),
    )
    .addOption(
      new Option('--progress <as>', 'progress on stderr: text for people, or lines of JSON for programs')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--json', 'end with one line of JSON on stdout: folder, version, metrics, interrupted')
    .action(action)
}

async function train(options: Options, output: Output, stop: AbortSignal): Promise<TrainedModel> {
  const given = (await readManySeries(options, stop)).map(one => cutSeries(one, options, output.error))
  const all = withLongerBars(given, options, output) as [Series, ...Series[]]
  const [series] = all
  const serves = options.serves ?? (all.length > 1 ? 'any' : 'market')
  const name = options.name ?? (serves === 'any' ? 'any-market' : defaultName(series))
  await requireWritable(join(options.models, name))
  const backend = await startBackend()
  for (const { bars, name } of all.slice(0, -1)) output.line(`${bars.length} rows of ${name}`)
  const last = known(all.at(-1))
  output.line(`${last.bars.length} rows of ${last.name}; backend ${backend.name} (${backend.because})`)
  if (stop.aborted) throw interrupted()
  if (options.progress === 'json') output.error(trainerText({ rows: rangeOf(all) }))
  const progress =
    options.progress === 'json' ? programProgress(output, options) : trainingProgress(output, epochsOf(options))
  const model = await trainModel(
    all,
    { ...options, name, serves, backend: backend.name },
    { ...progress, stopped: () => stop.aborted },
  ).finally(progress.stop)
  const folder = await saveModel(model, options.models)
  report(model, options, folder, output)
  if (await addToDatabase(model)) output.line('Added to the database: every server on it lists this version.')
  if (options.json) output.line(summary(model, folder))
  return model
}

/** Returns the default name of a model: binance:BTC-USDT at 1h gives btc-usdt-1h. */
export function defaultName({ market, intervalMs }: Pick<Series, 'market' | 'intervalMs'>): string {
  const pair = market.slice(market.indexOf(':') + 1).replace(/[^a-z0-9._-]+/gi, '-')
  return `${pair}-${formatInterval(intervalMs)}`.toLowerCase().replace(/^[^a-z0-9]+/, '')
}

/** Adds the longer bars that are asked for, and says which series have too few of them. */
function withLongerBars(given: readonly Series[], { also, lookback }: Options, output: Output): readonly Series[] {
  return given.flatMap(series => [
    series,
    ...also
      .filter(ms => ms > series.intervalMs && ms % series.intervalMs === 0)
      .map(ms => longerBars(series, ms))
      .filter(({ name, bars }) => {
        const isEnough = bars.length >= rowsWanted(lookback)
        if (!isEnough) output.line(`${name}: ${bars.length} rows are too few to learn from.`)
        return isEnough
      }),
  ])
}

/** The rows of all series together. */
function rangeOf(all: readonly Series[]) {
  const open = (bar: Bar | undefined, intervalMs: Ms) => (bar ? isoDate(openOf(bar, intervalMs)) : '–')
  return {
    bars: all.reduce((sum, { bars }) => sum + bars.length, 0),
    from: known(all.map(({ bars, intervalMs }) => open(bars[0], intervalMs)).sort()[0]),
    to: known(
      all
        .map(({ bars, intervalMs }) => open(bars.at(-1), intervalMs))
        .sort()
        .at(-1),
    ),
  }
}

function report({ manifest, kept, ended }: TrainedModel, options: Options, folder: string, output: Output): void {
  const { training, metrics } = manifest
  const line = (name: string, m: { mae: number; baselineMae: number; coverage90: number }) =>
    `  ${name.padEnd(5)} MAE ${m.mae.toPrecision(5)}, naive ${m.baselineMae.toPrecision(5)} (ratio ${(m.mae / m.baselineMae).toFixed(3)}); ` +
    `90 % interval contained ${(100 * m.coverage90).toFixed(1)} %`
  const best =
    kept.length === 1
      ? `the best epoch, ${kept[0]}, was kept`
      : `the best epoch of each member was kept: ${kept.join(', ')}`
  const after = `after epoch ${training.losses.at(-1)?.epoch} of ${training.epochs * options.members}; ${best}`
  if (ended === 'stopped') output.line(`Stopped ${after}.`)
  if (ended === 'patience') output.line(`Ended ${after}; no later epoch was better.`)
  output.line(`Validation, ${metrics.bars} bars from ${metrics.from}:`)
  output.line(line('high', metrics.high))
  output.line(line('low', metrics.low))
  output.line(`Took ${training.seconds} s. Written to ${relative(process.cwd(), folder) || folder}`)
}

function summary({ manifest, ended }: TrainedModel, folder: string): string {
  return JSON.stringify({
    folder,
    version: manifest.version,
    metrics: manifest.metrics,
    interrupted: ended === 'stopped',
  })
}

await runAsMain(import.meta.url, (args, output) => runTrain(args, output, interruption(output)))
