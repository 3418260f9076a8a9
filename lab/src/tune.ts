import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CandlewatchError } from '@candlewatch/core/errors'
import { nth } from '@candlewatch/core/nth'
import { Command, InvalidArgumentError, Option } from 'commander'
import * as values from './option-values.ts'
import { interruptedCode, interruption, type Output, runAsMain, runProgram } from './program.ts'
import { addSeriesOptions, cutSeries, type Range, readSeries, type SeriesOptions, unseenFrom } from './series/series.ts'
import { defaultName } from './train.ts'
import { requireWritable } from './training/model-folder.ts'
import { foldsOf } from './tune/folds.ts'
import { planRungs } from './tune/halving.ts'
import { page, type Tuning, table, winnerOf } from './tune/page.ts'
import { prepareRetraining, retrain } from './tune/retrain.ts'
import { type MakePool, makePool, search } from './tune/search.ts'
import { type Configuration, drawTrials } from './tune/space.ts'

interface Options extends SeriesOptions {
  readonly from: number
  readonly to: number
  readonly trials: number
  readonly folds: number
  readonly seed: number
  readonly threads: number
  readonly out: string
  readonly retrain?: true
  readonly members: number
  readonly judge?: Range
  readonly name?: string
  readonly models: string
}

/** Runs `npm run tune` and returns the exit code. Aborting `stop` keeps every finished training and returns 130. */
export async function runTune(
  args: readonly string[],
  output: Output,
  stop: AbortSignal,
  poolOf: MakePool = makePool,
): Promise<number> {
  let finished = true
  const command = makeCommand(async options => {
    finished = await tune(options, output, stop, poolOf)
  })
  const code = await runProgram(command, args, output)
  return code === 0 && !finished ? interruptedCode : code
}

const atLeast = (least: number) => (text: string) => {
  const n = values.whole(text)
  if (n < least) throw new InvalidArgumentError(`Expected ${least} or more.`)
  return n
}

function makeCommand(action: (options: Options) => Promise<void>): Command {
  const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
  const command = new Command('npm run tune --').description(
    'Searches for a better configuration with walk-forward folds and successive halving. Run it again to continue an interrupted search.',
  )
  return addSeriesOptions(command)
    .addOption(
      new Option('--to <date>', 'use rows that open before this date')
        .argParser(values.date)
        .default(unseenFrom, '2021-01-01, so that 2021 stays unseen'),
    )
    .option('--trials <n>', 'number of configurations to start with', values.whole, 27)
    .option('--folds <n>', 'walk-forward windows, 6 or more', atLeast(6), 6)
    .option('--seed <n>', 'the same seed gives the same trials and the same winner', values.whole, 1)
    .option('--threads <n>', 'how many trainings run at the same time', values.whole, availableParallelism())
    .option('--out <folder>', 'where the results are written', text => resolve(text), root('.candlewatch/tune'))
    .option('--retrain', 'train the winner on all rows before --to and write it to --out')
    .option('--members <n>', 'with --retrain: networks that differ only in their seed', values.whole, 3)
    .option(
      '--judge <from..to>',
      'with --retrain: compare with the newest model on rows that neither was trained on',
      values.span,
    )
    .option('--name <name>', 'name of the model (default: instrument and interval)', values.modelName)
    .option('--models <folder>', 'where the model to compare with is', text => resolve(text), root('models'))
    .action(action)
}

/** Returns false when it was stopped. */
async function tune(options: Options, output: Output, stop: AbortSignal, poolOf: MakePool): Promise<boolean> {
  const whole = await readSeries(options, stop)
  const series = cutSeries(whole, options, output.error)
  foldsOf(series, options.folds)
  await requireWritable(options.out)
  const { folds, seed, threads, out, members, models } = options
  const name = options.name ?? defaultName(series)
  const span = options.judge ?? null
  const old = options.retrain ? await prepareRetraining({ series, span, models, name }) : null
  const trials = drawTrials(options.trials, seed)
  const standings = await search({ series, trials, folds, seed, threads, out, output, stop, poolOf })
  if (standings === null) return false
  const winner = winnerOf({ standings })
  if (!Number.isFinite(winner.loss))
    throw new CandlewatchError(
      'ERR_TRAINING_DIVERGED',
      'Every trial diverged. Check the rows, or narrow the ranges in lab/src/tune/space.ts.',
    )
  const configuration = nth(trials, winner.trial)
  const tuning: Tuning = {
    title: `Tuning of ${series.name}, seed ${seed}`,
    trials,
    rungs: planRungs(trials.length),
    standings,
    folds,
    command: commandOf(configuration, options),
  }
  writeFileSync(join(out, 'results.md'), table(tuning))
  writeFileSync(join(out, 'results.html'), page(tuning))
  output.line(table(tuning))
  output.line(`Written to ${join(out, 'results.md')} and results.html.`)
  if (!options.retrain) return true
  return retrain({ whole, series, configuration, name, members, seed, out, models, span, old, output, stop })
}

function commandOf(c: Configuration, { csv, database, archive, years, interval }: Options): string {
  const quoted = (text: string) => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`)
  const source = csv
    ? `--csv ${quoted(csv)}`
    : database
      ? `--database ${quoted(database)} --interval ${interval}`
      : `--archive ${archive} --years ${years?.join(',')} --interval ${interval}`
  return `npm run train -- ${source} --units ${c.units} --lookback ${c.lookback} --learning-rate ${c.learningRate} --epochs ${c.epochs} --batch-size ${c.batchSize} --weighting '${c.weighting}' --averaging ${c.averaging}`
}

await runAsMain(import.meta.url, (args, output) => runTune(args, output, interruption(output)))
